import CacheServices

extension [UInt8] {
    /// The metadata of a stored SYSTEM_EVENT whose metadata calls itself so; `nil` for every other entry, at the cost of one search.
    func systemMetadata(_ event: String) -> JSONValue? {
        guard contains(utf8: event), let value = try? JSONParser.parse(self, duplicateKeys: .lastWins),
            value["event_type"]?.text == AuditEventType.systemEvent.rawValue, let metadata = value["metadata"],
            metadata["event"]?.text == event
        else { return nil }
        return metadata
    }

    /// Whether the bytes of a text stand in these.
    private func contains(utf8 text: String) -> Bool {
        let sought = Array(text.utf8)
        guard let first = sought.first, count >= sought.count else { return sought.isEmpty }
        return withUnsafeBufferPointer { bytes in
            for start in 0...(bytes.count - sought.count) where bytes[start] == first {
                if bytes[start..<(start + sought.count)].elementsEqual(sought) { return true }
            }
            return false
        }
    }
}

extension JSONValue {
    /// The number when it is whole and fits.
    var whole: Int? {
        guard case .number(let number) = self else { return nil }
        return number.integer
    }
}
