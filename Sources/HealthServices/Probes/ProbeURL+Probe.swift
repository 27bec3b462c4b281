import Hiredis

extension ProbeURL {
    /// The check that belongs to the scheme.
    var probe: any HealthProbe {
        switch target {
        case .http(let url): HTTPProbe(url: url, credentials: user.map { ($0, password ?? "") })
        case .tcp(let host, let port): TCPProbe(host: host, port: port)
        case .postgres: PostgresProbe(url: text)
        case .redis:
            if let configuration = try? RedisConfiguration(url: text) {
                RedisAddressProbe(configuration)
            } else {
                CustomProbe { .failure("The address cannot be used.", after: .zero) }
            }
        }
    }
}
