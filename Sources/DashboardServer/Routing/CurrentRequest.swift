public import Logging

/// The request on whose behalf a task works, so that lines of the rooms below carry its id although they know nothing of requests.
enum CurrentRequest {
    @TaskLocal static var id: String?
}

extension Logger.MetadataProvider {
    /// Gives every line that a task logs while it answers a request the `request_id`; for the executable's setup of logging.
    public static let currentRequest = Logger.MetadataProvider {
        CurrentRequest.id.map { ["request_id": .string($0)] } ?? [:]
    }
}
