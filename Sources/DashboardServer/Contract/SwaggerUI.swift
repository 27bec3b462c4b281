import NIOCore

/// Swagger UI, which is not part of the program: the folder that the settings name.
struct SwaggerUI: Sendable {
    /// The files that the page needs, as the project of Swagger UI calls them.
    static let script = "swagger-ui-bundle.js"
    static let style = "swagger-ui.css"
    /// Bytes of the largest file that is taken for one of them.
    static let maximumSize = 8 << 20

    let script: [UInt8]
    let style: [UInt8]

    /// Reads both files of a folder.
    init(folder: String) throws(BoundedFile.Failure) {
        script = try BoundedFile.read("\(folder)/\(Self.script)", limit: Self.maximumSize).bytes
        style = try BoundedFile.read("\(folder)/\(Self.style)", limit: Self.maximumSize).bytes
    }

    /// Swagger UI as it is now; nil when none is named, or it cannot be read any more.
    static func read(_ folder: String?) -> SwaggerUI? {
        guard let folder else { return nil }
        do throws(BoundedFile.Failure) {
            return try SwaggerUI(folder: folder)
        } catch {
            return nil
        }
    }
}
