import CacheServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct ClientSlotsTests {
    @Test func `more exports than are allowed are told to come again, and a place is free when an export ends`() async throws {
        try await RunningService.with {
            $0.limits.maximumExports = 1
        } _: { (service) async throws in
            #expect(
                try await service.send("POST", "/api/audit/signals", #"{"event_type": "SYSTEM_EVENT", "data": {"event": "x"}}"#).status
                    == 201)
            let slots = ClientSlots(maximum: 1, spare: 1)
            var slot: ClientSlots.Slot? = try slots.take(for: .key("desk"))
            let full = #expect(throws: ClientSlots.Full.self) { try slots.take(for: .key("model")) }
            #expect(full?.isOwn == false)
            #expect(slot != nil)
            slot = nil
            _ = try slots.take(for: .key("model"))
            // Whatever becomes of an export, it gives its place back.
            for method in ["GET", "HEAD", "GET", "HEAD", "GET"] {
                try await eventually { try await service.request(method, "/api/audit/signals?type=export&format=csv").status == 200 }
            }
        }
    }

    @Test func `while an export waits for its client others are told to come again, and not for longer`() async throws {
        let export = "/api/audit/signals?type=export"
        try await RunningService.with {
            $0.limits.maximumExports = 1
        } _: { (service) async throws in
            try await service.fillTrail()
            try await RawConnection.open(port: service.port) { (connection) async throws in
                try await connection.send("GET \(export) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                // Whoever has the head of an export has the place.
                try await connection.receiveSome()
                let refused = try await service.get(export)
                #expect(refused.status == 503)
                #expect(refused.code == "too_many_exports")
                #expect(refused.json["outcome"] == "not_recorded")
                #expect(refused["Retry-After"] == "5")
            }
            try await eventually { try await service.get(export + "&limit=1").status == 200 }
        }
    }

    @Test func `one client never has all exports, and what it gave back it may take again`() throws {
        let slots = ClientSlots(maximum: 3, spare: 1)
        var own = try [slots.take(for: .key("desk")), slots.take(for: .key("desk"))]
        #expect(throws: ClientSlots.Full.self) { try slots.take(for: .key("desk")) }
        let other = try slots.take(for: .network("192.0.2.1"))
        own.removeLast()
        own.append(try slots.take(for: .key("desk")))
        #expect(throws: ClientSlots.Full.self) { try slots.take(for: .network("192.0.2.1")) }
        withExtendedLifetime((own, other)) {}
    }
}
