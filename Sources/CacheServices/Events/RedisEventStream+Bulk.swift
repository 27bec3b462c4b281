import Hiredis

extension RedisEventStream {
    public func entries(in ranges: [ClosedRange<StreamID>]) async throws(CacheError) -> [[StreamEntry]] {
        guard ranges.count > 1 else {
            guard let range = ranges.first else { return [] }
            return [try await entries(in: range)]
        }
        // All leave together and come back together: commands of different tasks are pipelined.
        let found = await withTaskGroup(of: Found.self) { group in
            for (place, range) in ranges.enumerated() {
                group.addTask { Found(place: place, entries: await self.found(in: range)) }
            }
            // Gathered and sorted: the optimizer of Swift 6.3 traps where they are put into an array by their place.
            var found: [Found] = []
            for await part in group { found.append(part) }
            return found.sorted { $0.place < $1.place }
        }
        var entries: [[StreamEntry]] = []
        for part in found { entries.append(try part.entries.get()) }
        return entries
    }

    /// What one of several ranges holds.
    private struct Found: Sendable {
        let place: Int
        let entries: Result<[StreamEntry], CacheError>
    }

    private func found(in range: ClosedRange<StreamID>) async -> Result<[StreamEntry], CacheError> {
        do throws(CacheError) {
            return .success(try await entries(in: range))
        } catch {
            return .failure(error)
        }
    }

    private func entries(in range: ClosedRange<StreamID>) async throws(CacheError) -> [StreamEntry] {
        let bounds: [RedisArgument] = [.text(key), .text("\(range.lowerBound)"), .text("\(range.upperBound)")]
        return try await send(RedisCommand("XRANGE", bounds, access: .read)).streamEntries()
    }

    public func dedicated() async throws(CacheError) -> any EventStream {
        do throws(RedisError) {
            var stream = self
            stream.own = try await client.ownedConnection()
            return stream
        } catch {
            throw CacheError(error)
        }
    }
}
