import Logging

extension SettingsDraft {
    /// Certificate and key are named together, and can be used.
    mutating func finishCertificate() {
        switch (certificateFile, certificateKeyFile) {
        case (nil, nil): return
        case (_?, nil): report(ConfigurationTable.certificateFile, "is set without USDCOP_TLS_KEY_FILE")
        case (nil, _?): report(ConfigurationTable.certificateKeyFile, "is set without USDCOP_TLS_CERT_FILE")
        case (let certificate?, let key?):
            let files = CertificateFiles(certificate: certificate, key: key)
            do throws(CertificateStore.Failure) {
                try CertificateStore.check(files)
            } catch {
                return report(error.isKey ? ConfigurationTable.certificateKeyFile : ConfigurationTable.certificateFile, error.problem)
            }
            _ = readSecretBytes(key, ConfigurationTable.certificateKeyFile, limit: 1 << 20)
            settings.certificate = files
        }
    }
}
