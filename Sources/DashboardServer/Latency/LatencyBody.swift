import CacheServices
import HealthServices

/// The body of `POST /api/health/latency`: one measurement, or `{"measurements": […]}`.
struct LatencyBody: Sendable {
    let readings: [LatencyReading]

    /// Measurements of one request at most.
    static let limit = 1000

    /// - Throws: `ValidationError` with everything that is wrong with any of them; then none is recorded.
    init(_ value: JSONValue) throws(ValidationError) {
        guard value["measurements"] != nil else {
            readings = [try LatencyReading(strict: value)]
            return
        }
        var reader = JSONObjectReader(value, mode: .strict)
        let elements = reader.value("measurements")?.elements
        reader.finish()
        var problems = reader.problems
        guard let elements, (1...Self.limit).contains(elements.count) else {
            let code = elements == nil ? FieldProblem.Code.wrongType : .outOfRange
            let sentence = "must be an array of 1 to \(Self.limit) measurements"
            throw ValidationError(problems + [FieldProblem(field: "measurements", code: code, sentence: sentence)])
        }
        var readings: [LatencyReading] = []
        readings.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do throws(ValidationError) {
                readings.append(try LatencyReading(strict: element))
            } catch {
                problems += error.problems.map { problem in
                    let field = "measurements.\(index)" + (problem.field.isEmpty ? "" : ".\(problem.field)")
                    return FieldProblem(field: field, code: problem.code, sentence: problem.sentence)
                }
                guard problems.count < ValidationError.maximumProblems else { break }
            }
        }
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.readings = readings
    }
}
