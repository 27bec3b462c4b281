import DashboardServer

/// Who calls in the tests of the contract: somebody who may everything.
enum ContractKeys {
    static let administrator = "administrator-key-0123456789"
    static let ring = KeyRing([(KeyRing.Holder(name: "boss", role: .administrator), administrator)])
}
