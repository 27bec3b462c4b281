@testable import DashboardServer

extension Route {
    /// A path that leads to it.
    var target: String {
        [("{symbol}", "USDCOP"), ("{name}", "a"), ("{build}", "x"), ("{file}", "page.css")].reduce(pattern.text) { text, parameter in
            text.replacingSubrange(parameter.0, parameter.1)
        }
    }
}
