/// The longest increasing subsequence of numbers: what stayed in order while the rest was moved.
enum LongestRun {
    /// The indices that belong to it, ascending; numbers that are `nil` never do.
    static func indices<Number: Comparable>(of numbers: [Number?]) -> [Int] {
        var ends: [Int] = []
        var before = [Int](repeating: -1, count: numbers.count)
        for (index, number) in numbers.enumerated() {
            guard let number else { continue }
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if let end = numbers[ends[middle]], end < number { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = ends[low - 1] }
            // Of equal numbers the first one stays.
            if low == ends.count { ends.append(index) } else if let end = numbers[ends[low]], number < end { ends[low] = index }
        }
        var run: [Int] = []
        var next = ends.last ?? -1
        while next >= 0 {
            run.append(next)
            next = before[next]
        }
        return run.reversed()
    }
}
