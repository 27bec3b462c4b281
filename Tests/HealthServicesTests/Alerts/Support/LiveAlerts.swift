import Testing

/// Alerts over real sockets, one test at a time: they measure time.
@Suite(.serialized) enum LiveAlerts {}
