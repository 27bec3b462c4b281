@testable import Hiredis
import NIOCore
import Testing

@Suite struct CircuitTests {
    private let start = NIODeadline.uptimeNanoseconds(10_000_000_000)

    @Test func `opens with the fifth failure in a row`() {
        var circuit = Circuit()
        for number in 1...5 {
            #expect(!circuit.isOpen)
            circuit.failed(started: start, now: start + .milliseconds(1))
            #expect(circuit.failures == number)
        }
        #expect(circuit.isOpen)
    }

    @Test(arguments: [(999, false), (1000, true), (5000, true)])
    func `opens with the second failure when failing has taken a second`(milliseconds: Int64, isOpen: Bool) {
        var circuit = Circuit()
        circuit.failed(started: start, now: start + .milliseconds(milliseconds))
        #expect(!circuit.isOpen)
        circuit.failed(started: start + .milliseconds(milliseconds), now: start + .milliseconds(milliseconds))
        #expect(circuit.isOpen == isOpen)
    }

    @Test func `opens at once when waiting cannot help`() {
        var circuit = Circuit()
        circuit.open()
        #expect(circuit.isOpen)
        #expect(circuit.failures == 1)
    }

    @Test func `closes with a success and counts anew`() {
        var circuit = Circuit()
        for _ in 0..<9 { circuit.failed(started: start, now: start) }
        circuit.succeeded()
        #expect(!circuit.isOpen)
        #expect(circuit.failures == 0)
        circuit.failed(started: start + .hours(1), now: start + .hours(1))
        circuit.failed(started: start + .hours(1), now: start + .hours(1))
        #expect(!circuit.isOpen)
    }
}
