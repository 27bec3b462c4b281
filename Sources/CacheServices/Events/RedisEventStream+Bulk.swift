import Hiredis

extension RedisEventStream {
    public func entries(in ranges: [ClosedRange<StreamID>]) async throws(CacheError) -> [[StreamEntry]] {
        guard ranges.count > 1 else {
            guard let range = ranges.first else { return [] }
            return [try await entries(in: range)]
        }
        // All leave together and come back together: commands of different tasks are pipelined.
        let results = await withTaskGroup(of: (place: Int, result: Result<[StreamEntry], CacheError>).self) { group in
            for (place, range) in ranges.enumerated() {
                group.addTask {
                    do throws(CacheError) {
                        return (place, .success(try await self.entries(in: range)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            var results = [Result<[StreamEntry], CacheError>](repeating: .success([]), count: ranges.count)
            for await (place, result) in group { results[place] = result }
            return results
        }
        var entries: [[StreamEntry]] = []
        for result in results { entries.append(try result.get()) }
        return entries
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
