import CacheServices

/// An order that the desk sent, and what became of it.
struct DeskOrder: Equatable, Sendable {
    /// Dollars bought, or sold when below zero.
    let quantity: Double

    /// What was paid or got, in pesos for a dollar.
    let price: Double

    /// What that was worse than the middle price, in pesos for a dollar; below zero when it was better.
    let slippage: Double

    /// Whether somebody dealt; a rejected order changes nothing.
    let isFilled: Bool
}
