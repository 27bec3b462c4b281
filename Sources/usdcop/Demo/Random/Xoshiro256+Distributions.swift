import Foundation

/// Draws, each by a method that is named, so that a sequence can be reproduced elsewhere.
extension Xoshiro256 {
    /// 0 up to but not including 1, in steps of 2⁻⁵³.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Evenly between two bounds.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
    }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// The normal distribution with mean 0 and variance 1 (polar method of Marsaglia and Bray, 1964; the second value is not used).
    mutating func normal() -> Double {
        let (point, square) = pointInCircle()
        return point * (-2 * log(square) / square).squareRoot()
    }

    /// Student's t distribution, scaled to variance 1 (polar method of Bailey, 1994): like the normal one with fatter tails.
    ///
    /// - Parameter freedom: degrees of freedom, above 2.
    mutating func studentT(_ freedom: Double) -> Double {
        let (point, square) = pointInCircle()
        let t = point / square.squareRoot() * (freedom * (pow(square, -2 / freedom) - 1)).squareRoot()
        return t * ((freedom - 2) / freedom).squareRoot()
    }

    /// The log-normal distribution by its median.
    ///
    /// - Parameter sigma: the deviation of the logarithm.
    mutating func logNormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }

    /// The exponential distribution: times between things that happen independently.
    mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

    /// A point of the unit circle, its first coordinate and the square of its distance, which is never 0.
    private mutating func pointInCircle() -> (Double, square: Double) {
        while true {
            let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
            let square = x * x + y * y
            if square < 1, square > 1e-300 { return (x, square) }
        }
    }
}
