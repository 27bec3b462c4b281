/// How the program ends; the numbers of `sysexits.h` where there is one.
enum ExitStatus: Int32, Sendable {
    case ok = 0
    /// A negative verdict: something was found, or what was asked for is not there.
    case negative = 1
    case usage = 64
    case badData = 65
    /// Redis or the service cannot be used at the moment.
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case notPermitted = 77
    case configuration = 78
    case interrupted = 130
}
