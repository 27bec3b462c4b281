import Synchronization

extension StreamHub {
    /// Who listens, and what became of it.
    var metricFamilies: [MetricFamily] {
        let counts = state.withLock { $0.counts }
        return [
            .gauge("usdcop_stream_clients", "Clients of the event stream.", Double(clients)),
            .gauge(
                "usdcop_stream_clients_maximum", "The most clients of the event stream that are served at once.", Double(maximumStreams)),
            .gauge(
                "usdcop_stream_following",
                "Whether the events of Redis reach this process: 0 when they do not although somebody listens.", trouble == nil ? 1 : 0),
            .counter(
                "usdcop_stream_events_sent_total", "Events that were sent to clients of the stream.", Double(sent.load(ordering: .relaxed))),
            .counter(
                "usdcop_stream_clients_dropped_total", "Clients that were dropped because they took less than came.",
                Double(counts.dropped)),
            .counter(
                "usdcop_stream_clients_refused_total", "Clients that were refused because there were too many.", Double(counts.refused)),
            .counter("usdcop_stream_resets_total", "How often a client was told that events are missing.", Double(counts.resets)),
            .counter(
                "usdcop_stream_catch_up_entries_total", "Entries that were read anew for clients that came back.", Double(counts.caughtUp)),
        ]
    }
}
