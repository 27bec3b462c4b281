import Testing

@testable import CacheServices

/// The rows were compared with `KEYS` of Redis 7.0.15, together with a million random pairs of pattern and key.
@Suite struct GlobTests {
    @Test(arguments: [
        ("", ""), ("*", ""), ("**", ""),
        ("*", "a"), ("***", "abc"), ("a*", "a"), ("a**", "abc"), ("*a", "a"), ("*a", "ba"), ("*a*", "xay"), ("*b*d", "abcbd"),
        ("?", "a"), ("a?c", "abc"), ("?*", "a"), ("*?", "abc"), ("*??", "ab"),
        ("signal:history:*", "signal:history:USDCOP"), ("*:history:*COP", "signal:history:USDCOP"),
        ("[abc]", "b"), ("[a-c]", "c"), ("[c-a]", "b"), ("[^a]", "b"), ("[^a-c]", "d"), ("x[0-9]y", "x5y"),
        ("[a-]", "a"), ("[a-]]", "a"), ("[a-]", "]"), ("[-a]", "-"), ("[a^]", "^"), ("[--a]", "A"),
        ("[\\]]", "]"), ("[\\^a]", "^"), ("[a\\-z]", "-"), ("[\\\\]", "\\"), ("[[]", "["),
        ("[ab", "b"), ("[a-", "-"), ("[a-c", "b"), ("[^", "x"), ("[^a", "b"), ("[\\", "\\"), ("x[^]", "xy"),
        ("\\*", "*"), ("\\?", "?"), ("\\[a]", "[a]"), ("\\a", "a"), ("\\\\", "\\"), ("a\\", "a\\"), ("*\\", "x\\"),
        ("]", "]"), ("^", "^"), ("-", "-"), ("{a}", "{a}"),
        ("??", "é"), ("*\u{301}", "e\u{301}"), ("a\0*", "a\0b"), ("a*\nb", "a\n\nb"),
    ])
    func matches(pattern: String, text: String) {
        #expect(Glob(pattern).matches(text))
        #expect(Glob(Array(pattern.utf8)).matches(Array(text.utf8)))
    }

    @Test(arguments: [
        ("", "a"), ("a", ""), ("?", ""), ("*?", ""), ("[^a]", ""), ("*a", ""),
        ("a", "b"), ("a", "A"), ("a", "aa"), ("aa", "a"), ("a*", "ba"), ("*a", "ab"), ("*b*d", "abcb"), ("a?c", "ac"), ("?", "é"),
        ("*:history:*USD", "signal:history:USDCOP"),
        ("[abc]", "d"), ("[a-c]", "d"), ("[^a-c]", "b"), ("[]", "a"), ("[]", "]"), ("[]a]", "a"), ("[]a]", "]"), ("[a-c]", "-"),
        ("[a\\-z]", "b"), ("[\\]a]", "\\"), ("[^\\]]", "]"),
        ("[", "a"), ("[", "["), ("[ab", "c"), ("[^a", "a"), ("[^", ""), ("*[", "a["),
        ("\\*", "a"), ("\\", "a"), ("a\\", "a"), ("\\[a]", "a"),
        ("e\u{301}", "\u{E9}"), ("a", "a\0"),
    ])
    func doesNotMatch(pattern: String, text: String) {
        #expect(!Glob(pattern).matches(text))
    }

    @Test func bytesNeedNotBeUTF8() {
        #expect(Glob([0x5B, 0x80, 0x2D, 0xFF, 0x5D]).matches([0xC3]))
        #expect(Glob([0x3F]).matches([0xFF]))
        #expect(!Glob([0xFF]).matches([0xFE]))
    }

    @Test func manyStarsTakeNoMoreThanTheProductOfTheLengths() {
        let text = String(repeating: "a", count: 20_000)
        #expect(!Glob(String(repeating: "a*", count: 900) + "b").matches(text))
        #expect(Glob(String(repeating: "*a", count: 1000)).matches(text))
    }

    @Test func moreThanAThousandStarsMatchNothing() {
        let text = String(repeating: "a", count: 3_000)
        #expect(!Glob(String(repeating: "*a", count: 1001)).matches(text))
        #expect(Glob(String(repeating: "*", count: 5_000) + "a").matches(text))
    }
}
