import NIOCore
import NIOHTTP1
import Testing
import WebClient

@testable import AgentServer

@Suite("The parser of a chat app's answers")
struct AnswerParserTests {
    /// What an answer is read as, in words: bodies joined.
    private func read(
        _ text: String, isHead: Bool = false, pieces: Int = .max, isClosed: Bool = false
    ) throws -> (words: [String], surplus: String) {
        var parser = AnswerParser()
        parser.expect(isHead: isHead)
        var words: [String] = []
        var body = ""
        func note(_ part: HTTPClientResponsePart) {
            switch part {
            case .head(let head):
                let fields = head.headers.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
                words.append("\(head.version.minor) \(head.status.code) \(head.status.reasonPhrase) [\(fields)]")
            case .body(let piece): body += String(buffer: piece)
            case .end(let trailers):
                words.append(body)
                words.append("end" + (trailers.map { " \($0.map { "\($0.name)=\($0.value)" })" } ?? ""))
            }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            parser.feed(ByteBuffer(bytes: rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
            while let part = try parser.next() { note(part) }
        }
        if isClosed, let end = parser.endOfInput() { note(end) }
        return (words, String(buffer: parser.takeSurplus()))
    }

    @Test("reads answers of each framing, in pieces of any size", arguments: [1, 2, 3, 7, .max])
    func framings(pieces: Int) throws {
        let length = "HTTP/1.1 201 Created\r\nX-A:  b c \t\r\nContent-Length: 5\r\n\r\nhello"
        #expect(try read(length, pieces: pieces).words == ["1 201 Created [X-A=b c Content-Length=5]", "hello", "end"])
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n00B \r\n, world! it\r\n0\r\n\r\n"
        #expect(
            try read(chunked, pieces: pieces).words
                == ["1 200 OK [Transfer-Encoding=Chunked]", "hello, world! it", "end"]
        )
        let trailers = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\n"
        #expect(try read(trailers, pieces: pieces).words.last == #"end ["A=1", "B=2"]"#)
        let close = "HTTP/1.0 200 OK\r\n\r\nto the end"
        #expect(try read(close, pieces: pieces, isClosed: true).words == ["0 200 OK []", "to the end", "end"])
        #expect(try read(close, pieces: pieces).words == ["0 200 OK []"])
    }

    @Test("knows which answers have no body, and leaves what follows", arguments: [1, .max])
    func noBody(pieces: Int) throws {
        for status in ["204 No Content", "304 Not Modified"] {
            let answer = "HTTP/1.1 \(status)\r\nContent-Length: 9\r\n\r\n"
            #expect(try read(answer, pieces: pieces).words.suffix(2) == ["", "end"])
        }
        #expect(try read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", isHead: true).words.suffix(2) == ["", "end"])
        let switched = try read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes", pieces: pieces)
        #expect(switched.words == ["1 101 Switching Protocols [Upgrade=x]", "", "end"])
        #expect(switched.surplus == "bytes")
        let surplus = try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1", pieces: pieces)
        #expect(surplus.words.suffix(2) == ["x", "end"])
        #expect(surplus.surplus == "HTTP/1.1")
    }

    @Test("passes over those that only say that an answer will come")
    func informational() throws {
        let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
        #expect(try read(answer).words == ["1 204 No Content []", "", "end"])
    }

    @Test(
        "refuses what is no answer, or could be read in two ways",
        arguments: [
            "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200 OK\n\n\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "this is not http\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA : x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: x\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nA: x\u{0}y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: x\ry\r\n\r\n", "HTTP/1.1 200 OK\r\nA: x\ny\r\n\r\n", "HTTP/1.1 000 No\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
        ])
    func malformed(text: String) {
        for pieces in [1, .max] {
            #expect(throws: AnswerParser.Malformed.self) { try read(text, pieces: pieces) }
        }
    }

    @Test("takes the same length twice, as one")
    func sameLength() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx").words.last == "end")
    }

    @Test("does not gather a head, a chunk's size or trailers without end")
    func limits() {
        let long = String(repeating: "x", count: 70_000)
        for text in [
            "HTTP/1.1 200 OK\r\nA: \(long)", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\(long)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: \(long)",
        ] {
            #expect(throws: AnswerParser.Malformed.self) { try read(text, pieces: 1000) }
        }
    }

    @Test("does not trap on random bytes")
    func random() {
        var random = SystemRandomNumberGenerator()
        let seeds = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: 1\r\n\r\n",
        ]
        for round in 0..<20_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = [10, 13, 0, 58, 32, 255, 48, UInt8.random(in: 0...255)].randomElement() ?? 0
            }
            _ = try? read(String(decoding: bytes, as: UTF8.self), pieces: Int.random(in: 1...60), isClosed: true)
        }
    }
}
