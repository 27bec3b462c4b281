import Foundation

/// Reads small files of which nobody knows what they are: regular files only, up to a limit.
enum BoundedFile {
    /// Why a file cannot be read, as the rest of a sentence about the variable that names it.
    struct Failure: Error {
        let problem: String
    }

    struct Contents {
        let bytes: [UInt8]
        /// Whether users other than owner and group may read it, or others than the owner may write it.
        let isOpenToOthers: Bool
    }

    static func read(_ path: String, limit: Int) throws(Failure) -> Contents {
        // A fifo without a writer must not hold the start up.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(problem: "names a file that cannot be read (\(reason(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(problem: "names something that is no regular file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= limit {
            let count = Foundation.read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw Failure(problem: "names a file that cannot be read (\(reason(errno)))") }
            if count == 0 { return Contents(bytes: bytes, isOpenToOthers: status.st_mode & 0o027 != 0) }
            bytes += chunk[..<count]
        }
        throw Failure(problem: "names a file of more than \(limit) bytes")
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is none"
        case EACCES, EPERM: "no permission"
        default: String(cString: strerror(code))
        }
    }
}
