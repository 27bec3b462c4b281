public import CoreMetrics

extension MetricsRegistry: MetricsFactory {
    /// A counter; its name ends with `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A counter; its name ends with `_total`.
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge, or a histogram of values when it aggregates.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate { return histogram(label, "", dimensions, HistogramCell.valueBounds) ?? NOOPMetricsHandler.instance }
        return gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram of seconds; its name ends with `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, "_seconds", dimensions, HistogramCell.secondsBounds) ?? NOOPMetricsHandler.instance
    }

    /// Forgets the series.
    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    /// Forgets the series.
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterCell? {
        let name = MetricNaming.metric(label, suffix: "_total")
        guard case .counter(let cell)? = cell(name, .counter, MetricLabels(dimensions), make: { .counter(CounterCell()) }) else {
            return nil
        }
        return cell
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell? {
        let name = MetricNaming.metric(label)
        guard case .gauge(let cell)? = cell(name, .gauge, MetricLabels(dimensions), make: { .gauge(GaugeCell()) }) else { return nil }
        return cell
    }

    private func histogram(
        _ label: String, _ suffix: String, _ dimensions: [(String, String)], _ bounds: [Double]
    ) -> HistogramCell? {
        let name = MetricNaming.metric(label, suffix: suffix)
        let made = cell(name, .histogram, MetricLabels(dimensions)) { .histogram(HistogramCell(bounds: bounds)) }
        guard case .histogram(let cell)? = made else { return nil }
        return cell
    }

    private func forget(_ handler: AnyObject) {
        remove { cell in
            switch cell {
            case .counter(let counter): counter === handler
            case .gauge(let gauge): gauge === handler
            case .histogram(let histogram): histogram === handler
            }
        }
    }
}
