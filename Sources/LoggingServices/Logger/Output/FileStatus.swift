import CacheServices
import Foundation

/// What the file system says about a file.
struct FileStatus: Sendable {
    private let device: dev_t
    private let inode: ino_t
    let size: Int
    let isRegular: Bool
    /// Whether it still has a name.
    let isLinked: Bool
    let modified: Timestamp

    init?(descriptor: Int32) {
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The file that a path leads to, through links.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        (device, inode) = (status.st_dev, status.st_ino)
        size = Int(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isLinked = status.st_nlink > 0
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        modified = Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    func isSameFile(as other: FileStatus?) -> Bool { other.map { $0.inode == inode && $0.device == device } ?? false }
}
