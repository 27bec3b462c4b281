import CacheServices
import HealthServices

/// Lists of webhooks and e-mail addresses as people write them: joined by commas, spaces around them do not count.
enum AlertLists {
    /// The longest list.
    static let maximumCount = 10

    static func webhooks(_ text: String) throws(ConfigurationVariable.Fault) -> [WebhookURL] {
        let webhooks = try list(text) { (text) throws(ValidationError) in try WebhookURL(text) }
        // By the name it is known in records whether an alert was sent.
        guard Set(webhooks.map(\.name)).count == webhooks.count else { throw .init(problem: "has an address twice") }
        return webhooks
    }

    static func addresses(_ text: String) throws(ConfigurationVariable.Fault) -> [EmailAddress] {
        let addresses = try list(text) { (text) throws(ValidationError) in try EmailAddress(text) }
        guard Set(addresses.map { $0.rawValue.lowercased() }).count == addresses.count else { throw .init(problem: "has an address twice") }
        return addresses
    }

    /// What is wrong is told by its place: the text itself may hold a password.
    private static func list<Element>(
        _ text: String, _ read: (String) throws(ValidationError) -> Element
    ) throws(ConfigurationVariable.Fault) -> [Element] {
        let texts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard texts.count <= maximumCount else { throw .init(problem: "has more than \(maximumCount) addresses") }
        var elements: [Element] = []
        for (place, text) in texts.enumerated() {
            do throws(ValidationError) {
                elements.append(try read(String(text.trimmingSpaces)))
            } catch {
                throw .init(problem: "has a wrong address at place \(place + 1)")
            }
        }
        return elements
    }
}
