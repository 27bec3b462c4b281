/// Something in the settings that is probably not what was meant; the program goes on.
public enum ConfigurationWarning: Sendable, Hashable {
    /// The environment has a variable of this project's prefix that does not exist.
    case unknownVariable(String, nearest: String?)
    /// A file with secrets can be read or written by others.
    case openFile(variable: String)
    /// A file of trusted certificates is given, but the address does not ask for TLS.
    case unusedCertificates
}

extension ConfigurationWarning: CustomStringConvertible {
    /// One sentence: what was found and what to do.
    public var description: String {
        switch self {
        case .unknownVariable(let name, let nearest):
            "\(name) is no variable of this program and has no effect" + (nearest.map { "; did you mean \($0)?" } ?? ".")
        case .openFile(let variable): "The file of \(variable) can be read or changed by other users; restrict it with chmod 600."
        case .unusedCertificates: "REDIS_CA_FILE has no effect: REDIS_URL is not a rediss:// address."
        }
    }
}
