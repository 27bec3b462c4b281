/// The members of an object while it is read, with the rule for repeated names.
///
/// A handful of names is compared one by one; from there on an index by name keeps long objects linear.
struct JSONMembers {
    private static let indexedFrom = 16

    private(set) var list: [JSONValue.Member] = []
    private var places: [UTF8Name: Int] = [:]
    private let duplicateKeys: JSONParser.DuplicateKeys

    init(duplicateKeys: JSONParser.DuplicateKeys) {
        self.duplicateKeys = duplicateKeys
        list.reserveCapacity(12)
    }

    /// Adds a member, or answers false when its name is there already and may not be.
    mutating func add(_ name: String, _ value: JSONValue) -> Bool {
        if let place = place(of: name) {
            guard duplicateKeys == .lastWins else { return false }
            list[place] = JSONValue.Member(name, value)
            return true
        }
        list.append(JSONValue.Member(name, value))
        if list.count == Self.indexedFrom {
            for (place, member) in list.enumerated() { places[UTF8Name(text: member.name)] = place }
        } else if list.count > Self.indexedFrom {
            places[UTF8Name(text: name)] = list.count - 1
        }
        return true
    }

    private func place(of name: String) -> Int? {
        guard list.count < Self.indexedFrom else { return places[UTF8Name(text: name)] }
        for place in list.indices where list[place].name.hasSameUTF8(as: name) { return place }
        return nil
    }

    /// A name that equals another one only byte for byte; `String` also equates different spellings of one character.
    private struct UTF8Name: Hashable {
        let text: String

        static func == (left: UTF8Name, right: UTF8Name) -> Bool { left.text.hasSameUTF8(as: right.text) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
