import AgentJSON

extension MLflowValidation {
    /// The values of the declared fields of one object, each at the index of its field.
    ///
    /// An object is sorted into its slots once, in one pass over its members; reading, rules and output then go
    /// by index. The memory belongs to whoever made it.
    struct Slots {
        private let memory: UnsafeMutableBufferPointer<JSON?>

        /// Takes over uninitialised memory with room for each field.
        init(_ memory: UnsafeMutableBufferPointer<JSON?>) {
            memory.initialize(repeating: nil)
            self.memory = memory
        }

        /// Gives up the values. The slots are of no use afterwards.
        func clear() {
            // One by one: deinitialising the whole buffer goes through the metadata of the type, which made a walk
            // an eighth slower.
            for index in memory.indices where memory[index] != nil {
                memory[index] = nil
            }
        }

        subscript(index: Int) -> JSON? {
            get { memory[index] }
            nonmutating _modify { yield &memory[index] }
        }

        /// Sorts the declared members of `object` into the slots.
        func fill(from object: JSONObject, by model: Model) {
            if model.fields.count <= 2 {
                // Asking for two members is cheaper than decoding all there are.
                for index in model.fields.indices {
                    guard let value = object[model.fields[index].name] else { continue }
                    memory[index] = value
                }
            } else {
                for (key, value) in object {
                    guard let index = model.index(of: key) else { continue }
                    memory[index] = value
                }
            }
        }

        /// The converted object: declared fields in their order, with defaults and without nulls, and then what
        /// the model keeps of `object`, also without nulls.
        func object(of model: Model, from object: JSONObject) -> JSONObject {
            if model.keepsUnknown, isConverted(object, of: model) { return object }
            var output = JSONObject()
            for index in model.fields.indices {
                guard let value = memory[index] ?? model.fields[index].fallback, !value.isNull else { continue }
                output.append(uncheckedKey: model.fields[index].name, value: value)
            }
            if model.keepsUnknown {
                for (key, value) in object where !value.isNull && model.index(of: key) == nil {
                    output.append(uncheckedKey: key, value: value)
                }
            }
            return output
        }

        /// Whether `object`, of a model that keeps unknown fields, is already what it would be converted to.
        private func isConverted(_ object: JSONObject, of model: Model) -> Bool {
            var next = 0
            for (key, value) in object {
                guard !value.isNull else { return false }
                guard let index = model.index(of: key) else {
                    next = .max
                    continue
                }
                guard index >= next else { return false }
                next = index + 1
            }
            return true
        }
    }
}
