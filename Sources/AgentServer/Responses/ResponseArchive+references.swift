import AgentJSON
import AgentRuns
import OpenResponses

extension ResponseArchive {
    /// How many references a request may have: as many as responses that it may continue.
    static let maximumReferences = 1000

    /// Puts the items in the place of references to them.
    ///
    /// - Parameter param: The request's field that the items are of.
    /// - Returns: The items, and how many bytes of them were not in the request.
    func resolveReferences(
        in input: [Item], of param: String = "input", context: ItemList, for principal: String
    ) async throws(DialectError) -> ItemList {
        let references = input.filter { $0.type == "item_reference" }.map { $0.id ?? "" }
        guard !references.isEmpty else { return ItemList(items: input) }
        guard references.count <= Self.maximumReferences else {
            throw DialectError(
                status: 400, message: "A request may have at most \(Self.maximumReferences) references to items.",
                code: "invalid_value", param: param
            )
        }
        let known = Set(context.items.lazy.compactMap(\.id))
        let found = try await items(Set(references).subtracting(known), for: principal, param: param)
        var resolved = ItemList()
        for (index, item) in input.enumerated() {
            guard item.type == "item_reference" else {
                resolved.items.append(item)
                continue
            }
            let id = item.id ?? ""
            // What is in the conversation already is not said twice.
            if known.contains(id) { continue }
            guard let (item, bytes) = found[id] else {
                throw DialectError(
                    status: 400, message: "Item '\(id)' was not found.", code: "item_not_found",
                    param: "\(param)[\(index)].id"
                )
            }
            resolved.items.append(item)
            resolved.bytes += bytes
            // A reference is short, and what it stands for need not be.
            guard context.bytes + resolved.bytes <= contextLimit else { throw .contextTooLong(param) }
        }
        return resolved
    }

    /// Items of responses, of their inputs and of conversations by their ids, each with its size.
    private func items(
        _ ids: Set<String>, for principal: String, param: String
    ) async throws(DialectError) -> [String: (item: Item, bytes: Int)] {
        guard let store, !ids.isEmpty else { return [:] }
        let results: [StoredResult]
        do throws(StoreError) {
            results = try await store.results(holdingItems: ids, of: principal, maximumBytes: contextLimit)
        } catch {
            throw DialectError(error, param: param)
        }
        var found: [String: (item: Item, bytes: Int)] = [:]
        for result in results {
            let wanted = Set(result.itemIDs)
            for item in try result.items() {
                guard let id = item.id, wanted.contains(id), found[id] == nil else { continue }
                found[id] = (item, item.json.encoded().count)
            }
        }
        do throws(StoreError) {
            for id in ids where found[id] == nil {
                guard let kept = try await store.conversationItem(id, of: principal), let item = kept.item else {
                    continue
                }
                found[id] = (item, kept.data.count)
            }
        } catch {
            throw DialectError(error, param: param)
        }
        return found
    }
}
