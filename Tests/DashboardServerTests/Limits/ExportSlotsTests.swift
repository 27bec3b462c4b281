import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.timeLimit(.minutes(1)))
struct ExportSlotsTests {
    @Test func `more exports than are allowed are told to come again, and a place is free when an export ends`() async throws {
        try await RunningService.with {
            $0.limits.maximumExports = 1
        } _: { (service) async throws in
            #expect(
                try await service.send("POST", "/api/audit/signals", #"{"event_type": "SYSTEM_EVENT", "data": {"event": "x"}}"#).status
                    == 201)
            let slots = ExportSlots(maximum: 1)
            var slot: ExportSlots.Slot? = try slots.take(for: .key("desk"))
            let refused = #expect(throws: Problem.self) { try slots.take(for: .key("model")) }
            #expect(refused?.code == .tooManyExports)
            #expect(slot != nil)
            slot = nil
            _ = try slots.take(for: .key("model"))
            // Whatever becomes of an export, it gives its place back.
            for method in ["GET", "HEAD", "GET", "HEAD", "GET"] {
                try await eventually { try await service.request(method, "/api/audit/signals?type=export&format=csv").status == 200 }
            }
        }
    }

    @Test func `one client never has all exports, and what it gave back it may take again`() throws {
        let slots = ExportSlots(maximum: 3)
        var own = try [slots.take(for: .key("desk")), slots.take(for: .key("desk"))]
        #expect(throws: Problem.self) { try slots.take(for: .key("desk")) }
        let other = try slots.take(for: .network("192.0.2.1"))
        own.removeLast()
        own.append(try slots.take(for: .key("desk")))
        #expect(throws: Problem.self) { try slots.take(for: .network("192.0.2.1")) }
        withExtendedLifetime((own, other)) {}
    }
}
