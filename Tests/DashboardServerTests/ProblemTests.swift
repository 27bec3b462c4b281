import CacheServices
import HTTPTypes
import LoggingServices
import NIOCore
import Testing

@testable import DashboardServer

@Suite struct ProblemTests {
    @Test(arguments: ProblemCode.allCases)
    func `every code has a title, a status of an error, and a stable name`(code: ProblemCode) throws {
        #expect(!code.title.isEmpty)
        #expect((400...504).contains(code.status))
        #expect(code.rawValue.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        let answer = Problem(code, "It is so.", items: [], outcome: .unknown).answer(requestID: "r1")
        let json = try JSONParser.parse(Array(buffer: answer.body))
        #expect(json["type"]?.text == "urn:usdcop:problem:\(code.rawValue)")
        #expect(json["title"]?.text == code.title)
        #expect(json["status"] == .integer(code.status))
        #expect(json["detail"] == "It is so.")
        #expect(json["instance"] == "urn:usdcop:request:r1")
        #expect(json["code"]?.text == code.rawValue)
        #expect(json["outcome"] == "unknown")
        #expect(answer.headers[.retryAfter] == (code.status == 503 ? "1" : nil))
    }

    @Test func `codes have names and titles of their own`() {
        #expect(Set(ProblemCode.allCases.map(\.title)).count == ProblemCode.allCases.count)
    }

    @Test(arguments: CacheError.Code.allCases)
    func `every error of the caches has an answer, and only damaged data is a 500`(code: CacheError.Code) {
        let problem = Problem(CacheError(code, "It is so.", key: "a"), namespace: .standard, isRead: false)
        #expect((problem.code.status == 500) == (code == .dataConflict))
        if problem.code.status == 503 { #expect(problem.outcome != nil) }
    }

    @Test(arguments: AuditError.Code.allCases)
    func `every error of the trail has an answer, and only damaged data is a 500`(code: AuditError.Code) {
        for isRead in [true, false] {
            let problem = Problem(AuditError(code, "It is so."), namespace: .standard, isRead: isRead)
            #expect((problem.code.status == 500) == (code == .dataConflict))
            if problem.code.status == 503 { #expect(problem.outcome == (code == .outcomeUnknown && !isRead ? .unknown : .notRecorded)) }
        }
        let away = AuditError(.notRecorded, "Not recorded.", underlying: CacheError(.unavailable, "Away."))
        #expect(Problem(away, namespace: .standard, isRead: false).code == .redisUnavailable)
    }

    @Test func `an error that nobody expected says nothing about the inside`() {
        struct Inside: Error { let secret = "redis://user:password@host" }
        let problem = Problem(Inside(), namespace: .standard, isRead: true)
        #expect(problem.code == .internalError)
        #expect(!problem.detail.contains("password"))
    }

    @Test(arguments: [
        ("\"a\"", "\"a\"", true), ("\"a\"", "W/\"a\"", true), ("\"a\"", "*", true), ("\"a\"", "\"b\", \"a\"", true),
        ("\"a\"", "\"b\"", false),
        ("\"a\"", "a", false), ("\"a\"", "", false), ("\"a\"", ",,", false),
    ])
    func `entity tags are compared weakly`(tag: String, condition: String, matches: Bool) {
        #expect(EntityTag.matches(tag, condition: condition) == matches)
    }
}
