/// Reads `address,range`.
enum AddressListText {
    static let maximumCount = 100

    static func read(_ text: String) throws(ConfigurationVariable.Fault) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = AddressRange(String(part.trimmingSpaces)) else {
                throw .init(problem: "has a part that is no address and no range")
            }
            ranges.append(range)
        }
        guard ranges.count <= maximumCount else { throw .init(problem: "has more than \(maximumCount) parts") }
        return ranges
    }
}
