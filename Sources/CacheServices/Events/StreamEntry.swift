/// One entry of a stream: its identity and its fields in order.
public struct StreamEntry: Sendable, Hashable {
    /// A name and the bytes under it.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: [UInt8]

        public init(_ name: String, _ value: [UInt8]) {
            self.name = name
            self.value = value
        }

        public init(_ name: String, _ value: String) {
            self.init(name, Array(value.utf8))
        }
    }

    public let id: StreamID
    public let fields: [Field]

    public init(id: StreamID, fields: [Field]) {
        self.id = id
        self.fields = fields
    }

    /// The bytes of the first field of this name.
    public subscript(name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }
}
