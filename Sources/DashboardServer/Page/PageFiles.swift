/// The files of the page. They are part of the program, so that it needs nothing beside itself wherever it is copied.
enum PageFiles {
    /// The page itself, in which `{{assets}}` and `{{preloads}}` stand for what is only known when everything is together.
    static let index = PackageResources.index_html

    /// The files that it refers to, by their names.
    static let assets: [(name: String, bytes: [UInt8])] = [
        ("page.css", PackageResources.page_css),
        ("icon.svg", PackageResources.icon_svg),
        ("alerts.js", PackageResources.alerts_js),
        ("api.js", PackageResources.api_js),
        ("audit-entry.js", PackageResources.audit_entry_js),
        ("audit-log.js", PackageResources.audit_log_js),
        ("backend.js", PackageResources.backend_js),
        ("card-frame.js", PackageResources.card_frame_js),
        ("charts.js", PackageResources.charts_js),
        ("connection.js", PackageResources.connection_js),
        ("dom.js", PackageResources.dom_js),
        ("elements.js", PackageResources.elements_js),
        ("format.js", PackageResources.format_js),
        ("hub.js", PackageResources.hub_js),
        ("key-dialog.js", PackageResources.key_dialog_js),
        ("latency-chart.js", PackageResources.latency_chart_js),
        ("live-element.js", PackageResources.live_element_js),
        ("page.js", PackageResources.page_js),
        ("painting.js", PackageResources.painting_js),
        ("portfolio.js", PackageResources.portfolio_js),
        ("price-chart.js", PackageResources.price_chart_js),
        ("redis-cli.js", PackageResources.redis_cli_js),
        ("service-card.js", PackageResources.service_card_js),
        ("signals.js", PackageResources.signals_js),
        ("status.js", PackageResources.status_js),
        ("stream.js", PackageResources.stream_js),
        ("styles.js", PackageResources.styles_js),
        ("system-health.js", PackageResources.system_health_js),
        ("tables.js", PackageResources.tables_js),
        ("times.js", PackageResources.times_js),
    ]
}
