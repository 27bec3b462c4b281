/// How many letters must be added, removed or replaced to make one word of another (Levenshtein).
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }

    /// The nearest of several names, the first of equals; `nil` when more than a third of the letters differ.
    static func nearest(to name: String, in names: [String]) -> String? {
        guard name.utf8.count <= 128 else { return nil }
        let nearest = names.map { (name: $0, distance: between(name, $0)) }.min { $0.distance < $1.distance }
        return nearest.flatMap { $0.distance * 3 <= max(name.utf8.count, $0.name.utf8.count) ? $0.name : nil }
    }
}
