import CacheServices
import Testing

@testable import HealthServices

@Suite struct AddressAdmissionTests {
    @Test(arguments: [
        "http://h/health?token=t0ken", "https://h/?password=t0ken", "http://h/?a=b&api_key=t0ken", "http://t0ken@h/", "http://u:t0ken@h/",
    ])
    func `an address with a secret anywhere in it is not registered over HTTP`(text: String) throws {
        let error = #expect(throws: ValidationError.self) { try ProbeURL(text, admitting: .webWithoutCredentials) }
        #expect(error?.problems.map(\.field) == ["url"])
        #expect(error?.description.contains("t0ken") == false)
        #expect(try ProbeURL(text).hasCredentials)
    }

    @Test(arguments: [
        "postgres://a,b/d", "postgres://a:1,b:2/d", "postgres://a%2Cb/d", "postgres://a/d?host=b,c",
        "postgres://a/d?hostaddr=1.1.1.1%2C2.2.2.2",
        "postgres://a/d?port=1,2", "postgres://a/d?service=desk", "postgres://a/d?target_session_attrs=prefer-standby", "postgres:///d",
    ])
    func `a PostgreSQL address has one host`(text: String) {
        #expect(throws: ValidationError.self) { try ProbeURL(text) }
    }

    @Test(arguments: ["postgres://a/d", "postgresql://u:p%2Cq@a:5432/d?sslmode=require&options=-c%20a=b,c", "postgres://[::1]/d"])
    func `an ordinary PostgreSQL address is taken`(text: String) throws {
        #expect(try ProbeURL(text).target == .postgres)
    }
}
