extension Migration {
    /// All steps, the oldest first.
    static let all = [runsAndConversations, itemsOfConversations, traces, rootsOfTraces]

    /// Runs, their events and items, and conversations.
    ///
    /// - Times are milliseconds since 1970. JSON is a blob: exactly the bytes that were given.
    /// - What belongs to a run or a conversation refers to its number, not to its id: numbers grow, so that new rows
    ///   are appended to their indexes instead of touching a page each.
    /// - Short columns come before long ones: reading them does not go through the pages of a long one.
    /// - `run_items` keeps every run that holds an item; the one with the highest number is the latest.
    private static let runsAndConversations = Migration(
        version: 1,
        sql: """
            CREATE TABLE runs (
                number INTEGER PRIMARY KEY,
                run_id TEXT NOT NULL UNIQUE,
                surface TEXT NOT NULL,
                principal TEXT NOT NULL,
                previous_id TEXT,
                conversation_id TEXT,
                status TEXT NOT NULL CHECK (status IN
                    ('queued', 'in_progress', 'waiting', 'completed', 'failed', 'cancelled', 'incomplete')),
                last_seq INTEGER,
                created_at INTEGER NOT NULL,
                finished_at INTEGER,
                trace_id TEXT,
                request_hash BLOB NOT NULL,
                error BLOB,
                result BLOB,
                request BLOB NOT NULL
            ) STRICT;
            CREATE INDEX runs_previous ON runs (previous_id) WHERE previous_id IS NOT NULL;
            CREATE INDEX runs_finished ON runs (finished_at) WHERE finished_at IS NOT NULL;

            CREATE TABLE run_events (
                run INTEGER NOT NULL,
                first_seq INTEGER NOT NULL,
                last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq),
                data BLOB NOT NULL,
                PRIMARY KEY (run, first_seq)
            ) STRICT;

            CREATE TABLE run_items (
                principal TEXT NOT NULL,
                item_id TEXT NOT NULL,
                run INTEGER NOT NULL,
                PRIMARY KEY (principal, item_id, run)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX run_items_run ON run_items (run);

            CREATE TABLE conversations (
                number INTEGER PRIMARY KEY,
                conversation_id TEXT NOT NULL UNIQUE,
                principal TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                changed_at INTEGER NOT NULL,
                metadata BLOB NOT NULL
            ) STRICT;
            CREATE INDEX conversations_changed ON conversations (changed_at);

            CREATE TABLE conversation_items (
                position INTEGER PRIMARY KEY,
                conversation INTEGER NOT NULL,
                item_id TEXT NOT NULL,
                data BLOB NOT NULL,
                UNIQUE (conversation, item_id)
            ) STRICT;
            CREATE INDEX conversation_items_conversation ON conversation_items (conversation);
            """
    )

    /// The items of all conversations by their ids, so that a request may refer to one without its conversation.
    private static let itemsOfConversations = Migration(
        version: 2,
        sql: """
            CREATE INDEX conversation_items_item ON conversation_items (item_id);
            """
    )

    /// Traces.
    ///
    /// - An id is its 16 bytes. Times are milliseconds since 1970.
    /// - `body` is the form of `TraceDocument`, and comes last: lists do not go through its pages.
    /// - Lists go by time and id, so each way to search has these two behind what it searches by.
    private static let traces = Migration(
        version: 3,
        sql: """
            CREATE TABLE traces (
                number INTEGER PRIMARY KEY,
                trace_id BLOB NOT NULL UNIQUE,
                principal TEXT NOT NULL,
                session TEXT,
                user TEXT,
                name TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('OK', 'ERROR')),
                request_time INTEGER NOT NULL,
                duration INTEGER NOT NULL,
                input_tokens INTEGER,
                output_tokens INTEGER,
                total_tokens INTEGER,
                request_preview TEXT,
                response_preview TEXT,
                body BLOB NOT NULL
            ) STRICT;
            CREATE INDEX traces_time ON traces (request_time, trace_id);
            CREATE INDEX traces_principal ON traces (principal, request_time, trace_id);
            CREATE INDEX traces_session ON traces (session, request_time, trace_id) WHERE session IS NOT NULL;
            CREATE INDEX traces_failed ON traces (request_time, trace_id) WHERE state = 'ERROR';
            """
    )

    /// Traces by their roots too: calls that go on with one caller's trace have its id in common.
    ///
    /// - `root_id` is the 16 digits of the root span's id; `is_remote` says whether that span has a caller's above it. For
    ///   traces that are there both are read from the beginning of the spans, which has this form in every document.
    /// - A constraint cannot be taken from a table, so that its rows move to another one.
    private static let rootsOfTraces = Migration(
        version: 4,
        sql: """
            ALTER TABLE traces RENAME TO old_traces;
            CREATE TABLE traces (
                number INTEGER PRIMARY KEY,
                trace_id BLOB NOT NULL,
                root_id TEXT NOT NULL,
                is_remote INTEGER NOT NULL CHECK (is_remote IN (0, 1)),
                principal TEXT NOT NULL,
                session TEXT,
                user TEXT,
                name TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('OK', 'ERROR')),
                request_time INTEGER NOT NULL,
                duration INTEGER NOT NULL,
                input_tokens INTEGER,
                output_tokens INTEGER,
                total_tokens INTEGER,
                request_preview TEXT,
                response_preview TEXT,
                body BLOB NOT NULL,
                UNIQUE (trace_id, root_id)
            ) STRICT;
            INSERT INTO traces
                SELECT number, trace_id, CAST(substr(body, spans + 21, 16) AS TEXT), substr(body, spans + 56, 1) = x'22',
                    principal, session, user, name, state, request_time, duration, input_tokens, output_tokens,
                    total_tokens, request_preview, response_preview, body
                FROM (SELECT *, instr(body, CAST('"spans":[{"span_id":"' AS BLOB)) AS spans FROM old_traces)
                WHERE spans > 0;
            DROP TABLE old_traces;
            CREATE INDEX traces_time ON traces (request_time, trace_id, root_id);
            CREATE INDEX traces_principal ON traces (principal, request_time, trace_id, root_id);
            CREATE INDEX traces_session ON traces (session, request_time, trace_id, root_id) WHERE session IS NOT NULL;
            CREATE INDEX traces_failed ON traces (request_time, trace_id, root_id) WHERE state = 'ERROR';
            """
    )
}
