import Foundation
import Hiredis
import LoggingServices

extension SettingsDraft {
    /// Puts together what several variables say, and reads the files that they name.
    mutating func finish() {
        finishRedis()
        finishKeys()
        finishAudit()
        finishHealth()
        finishAlerts()
        finishPage()
        finishCertificate()
        if settings.keys.isEmpty, !Self.isLoopback(settings.host), !problems.contains(where: { $0.variable == "USDCOP_API_KEYS_FILE" }) {
            report(ConfigurationTable.host, "is not a loopback address, and there are no API keys (USDCOP_API_KEYS_FILE)")
        }
    }

    private mutating func finishRedis() {
        let password = redisPasswordFile.flatMap { readPassword($0) }
        var caFile = redisCAFile
        if let file = caFile, (try? RedisTLS(caFile: file)) == nil {
            report(ConfigurationTable.redisCAFile, "cannot be used")
            caFile = nil
        }
        // A password that could not be read was reported; an address with a user must not be blamed for it.
        let standIn = redisPasswordFile != nil && password == nil ? "-" : password
        do throws(RedisError) {
            if let redisURL {
                settings.redis = try RedisConfiguration(url: redisURL, caFile: caFile, password: standIn)
            } else {
                settings.redis.password = password
            }
        } catch {
            report(ConfigurationTable.redisURL, Self.rest(of: error.message))
        }
        if redisCAFile != nil, settings.redis.tls == nil, problems.isEmpty { warnings.append(.unusedCertificates) }
        if let commandTimeout { settings.redis.commandTimeout = commandTimeout }
        if let connectTimeout { settings.redis.connectTimeout = connectTimeout }
    }

    /// What the engine says of an address, as the rest of a sentence; it never repeats the address.
    private static func rest(of message: String) -> String {
        let opening = "The Redis address "
        let sentence = message.hasSuffix(".") ? String(message.dropLast()) : message
        return sentence.hasPrefix(opening) ? String(sentence.dropFirst(opening.count)) : "cannot be used: \(sentence)"
    }

    private mutating func readPassword(_ path: String) -> String? {
        guard let text = readSecrets(path, ConfigurationTable.redisPasswordFile, limit: 4098) else { return nil }
        var line = text[...]
        if line.last?.isNewline == true { line.removeLast() }
        guard !line.isEmpty, line.utf8.count <= 4096, !line.contains(where: \.isNewline) else {
            report(ConfigurationTable.redisPasswordFile, line.isEmpty ? "is an empty file" : "is a file of more than one line")
            return nil
        }
        return String(line)
    }

    private mutating func finishKeys() {
        guard keysFile == nil || keys == nil else {
            return report(ConfigurationTable.keys, "is set beside USDCOP_API_KEYS_FILE")
        }
        let variable = keysFile == nil ? ConfigurationTable.keys : ConfigurationTable.keysFile
        guard let text = keysFile.flatMap({ readSecrets($0, variable, limit: 1 << 20) }) ?? keys else { return }
        do {
            settings.keys = try KeyRing(lines: text)
            if settings.keys.isEmpty { report(variable, "holds no key") }
        } catch {
            report(variable, "has a bad line: \(error)")
        }
    }

    /// The text of a file with secrets; what is wrong with it is reported.
    private mutating func readSecrets(_ path: String, _ variable: ConfigurationVariable, limit: Int) -> String? {
        guard let bytes = readSecretBytes(path, variable, limit: limit) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report(variable, "is not UTF-8")
            return nil
        }
        return text
    }

    /// The bytes of a file with secrets; what is wrong with it is reported.
    mutating func readSecretBytes(_ path: String, _ variable: ConfigurationVariable, limit: Int) -> [UInt8]? {
        do throws(BoundedFile.Failure) {
            let file = try BoundedFile.read(path, limit: limit)
            if file.isOpenToOthers { warnings.append(.openFile(variable: variable.name)) }
            return file.bytes
        } catch {
            report(variable, error.problem)
            return nil
        }
    }

    /// Whether only this machine can reach an address.
    static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
    }
}
