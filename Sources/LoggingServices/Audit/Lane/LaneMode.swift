import CacheServices

/// What the lane does with an event.
enum LaneMode: Sendable {
    /// It goes to Redis and is answered when Redis has it.
    case direct
    /// Redis is away: it goes to the disk and is answered then; what is on the disk goes to Redis in order.
    case spooling(JournalDelivery)
    /// Redis is away, there is no journal, and what was sent may or may not be there: it is sent again before anything else, and
    /// everything else is refused.
    case holding(JournalDelivery, [JournalItem])
}
