import CacheServices

extension JSONObjectReader {
    /// Takes a field that is an object with fields of its own; their problems get the name of this one in front.
    mutating func part<Value>(_ name: String, _ read: (JSONValue) throws(ValidationError) -> Value) -> Value? {
        guard let value = value(name) else { return nil }
        guard case .object = value else {
            report(name, .wrongType, "must be an object")
            return nil
        }
        do throws(ValidationError) {
            return try read(value)
        } catch {
            for problem in error.problems {
                report(problem.field.isEmpty ? name : "\(name).\(problem.field)", problem.code, problem.sentence)
            }
            return nil
        }
    }
}

extension JSONValue {
    /// The one part of a body that has no other field: `{"metrics": {…}}`.
    ///
    /// - Throws: `ValidationError` with everything that is wrong, in the body and in the part.
    func onlyPart<Value>(_ name: String, _ read: (JSONValue) throws(ValidationError) -> Value) throws(ValidationError) -> Value {
        var reader = JSONObjectReader(self, mode: .strict)
        let part = reader.part(name, read)
        reader.finish()
        guard reader.problems.isEmpty, let part else { throw reader.error }
        return part
    }
}
