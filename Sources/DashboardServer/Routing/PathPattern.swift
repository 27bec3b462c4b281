/// The path of a route: literal segments and `{parameters}`, each of which stands for exactly one segment.
package struct PathPattern: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    /// As it is written: `/api/cache/positions/{symbol}`.
    package let text: String
    private let segments: [Segment]

    /// Reads a pattern of the source code.
    package init(_ text: String) {
        self.text = text
        segments = text.split(separator: "/").map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .parameter(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The names of its parameters, in their order.
    var parameterNames: [String] {
        segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }

    /// Whether it is one path only.
    var isLiteral: Bool {
        segments.allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// The parameters, still encoded, when a path fits.
    ///
    /// - Parameter path: the segments of the path, empty ones included.
    func match(_ path: [Substring]) -> [(name: String, value: Substring)]? {
        guard path.count == segments.count else { return nil }
        var parameters: [(name: String, value: Substring)] = []
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let literal): guard part == literal else { return nil }
            case .parameter(let name):
                guard !part.isEmpty else { return nil }
                parameters.append((name, part))
            }
        }
        return parameters
    }
}
