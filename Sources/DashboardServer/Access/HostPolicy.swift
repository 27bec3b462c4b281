import HTTPTypes

/// Which names the service answers to. Pure.
///
/// The name of an attacker's page can be made to lead here (DNS rebinding): then the page may read what the service answers to its browser.
/// Where callers prove who they are by a key, such a page has none, and any name will do unless a list says otherwise.
struct HostPolicy: Sendable {
    /// `USDCOP_ALLOWED_HOSTS`, in lowercase, without ports.
    let listed: Set<String>
    /// The address that the service listens on.
    let bound: String
    /// Whether callers prove who they are; else it is the address of this machine that lets them in.
    let hasKeys: Bool

    /// Refuses a request for a host that is none of ours.
    ///
    /// - Parameter authority: the header `Host`; nil where there is none, which no browser does.
    func check(_ authority: String?) throws(Problem) {
        guard let authority, !(hasKeys && listed.isEmpty) else { return }
        if let host = WebHost(authority, scheme: .http) {
            if host.isLoopback || listed.contains(host.name) || host.name == bound || host.name == "[\(bound)]" { return }
        }
        throw Problem(.foreignHost, "The service does not answer to this host.", outcome: .notRecorded)
    }
}
