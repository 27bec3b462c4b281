import TestTurns
import Testing

/// Tests against real servers and real sockets, one at a time: they measure time, and each starts a server of its own.
@Suite(.takesTurns, .serialized) struct Live {}
