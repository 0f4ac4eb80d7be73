/// Schemas that have values, one of each kind that tools and structured outputs use, and their awkward neighbours.
let satisfiableSchemas: [String] =
    [
        // Any value, types, given values.
        "true", "{}", #"{"type":"string"}"#, #"{"type":"integer"}"#, #"{"type":"number"}"#, #"{"type":"boolean"}"#,
        #"{"type":"null"}"#, #"{"type":"array"}"#, #"{"type":"object"}"#, #"{"type":["null","integer"]}"#,
        #"{"enum":["red","green"]}"#, #"{"enum":[null,1]}"#, #"{"const":{"a":[1,{"b":null}]}}"#,
        #"{"enum":[1,5,10],"minimum":6}"#, #"{"type":"string","enum":[1,"three"]}"#,
        #"{"allOf":[{"enum":[1,2,3]},{"enum":[3,4]}]}"#, #"{"type":"string","default":"fallback"}"#,
        #"{"type":"integer","default":"nope"}"#, #"{"type":"integer","examples":[-5,7],"minimum":0}"#,

        // Numbers.
        #"{"type":"integer","minimum":5}"#, #"{"type":"integer","exclusiveMaximum":0}"#,
        #"{"type":"integer","minimum":10,"maximum":10}"#, #"{"type":"integer","minimum":1.5,"maximum":2.5}"#,
        #"{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}"#,
        #"{"type":"number","exclusiveMinimum":0.1,"exclusiveMaximum":0.2}"#,
        #"{"type":"integer","multipleOf":7,"minimum":50}"#, #"{"type":"integer","multipleOf":7,"maximum":-50}"#,
        #"{"type":"number","multipleOf":0.01,"minimum":0.07,"maximum":0.2}"#,
        #"{"type":"integer","multipleOf":1.5,"minimum":1}"#,
        #"{"type":"integer","minimum":1,"allOf":[{"multipleOf":4},{"multipleOf":6}]}"#,
        #"{"type":"integer","minimum":9223372036854775807}"#, #"{"type":"number","minimum":1e300}"#,
        #"{"type":"integer","maximum":-9223372036854775808}"#,

        // Strings.
        #"{"type":"string","minLength":200}"#, #"{"type":"string","maxLength":3}"#, #"{"type":"string","maxLength":0}"#,
        #"{"type":"string","minLength":5,"maxLength":5}"#, #"{"type":"string","pattern":"^[A-Z]{3}-\\d{4}$"}"#,
        #"{"type":"string","pattern":"^(foo|bar)$"}"#, #"{"type":"string","pattern":"foo","minLength":10}"#,
        #"{"type":"string","pattern":"^[a-z]+$","minLength":12}"#, #"{"type":"string","pattern":"^(?!foo)[a-z]+$"}"#,
        #"{"type":"string","pattern":"^(?=.*[A-Z])(?=.*\\d)(?=.*[a-z]).{8,}$"}"#,
        #"{"type":"string","pattern":"^(?:red|blue)(?:,(?:red|blue))*$"}"#,
        #"{"type":"string","pattern":"\\bword\\b"}"#,
        #"{"type":"string","allOf":[{"pattern":"a"},{"pattern":"b"}]}"#,

        // Arrays.
        #"{"type":"array","items":{"type":"string"},"minItems":3}"#, #"{"type":"array","items":false}"#,
        #"{"type":"array","items":{"type":"integer"},"minItems":30,"uniqueItems":true}"#,
        #"{"type":"array","items":{"type":"boolean"},"minItems":2,"uniqueItems":true}"#,
        #"{"type":"array","prefixItems":[{"type":"string"},{"const":7}],"items":false,"minItems":2}"#,
        #"{"type":"array","items":{"type":"integer"},"contains":{"minimum":10},"minContains":2}"#,
        #"{"type":"array","contains":{"type":"string"},"maxContains":1,"minItems":3}"#,
        #"{"type":"array","allOf":[{"contains":{"const":1}},{"contains":{"const":2}}]}"#,
        """
        {"type":"array","minItems":3,"uniqueItems":true,
         "items":{"type":"object","required":["a"],"properties":{"a":{"type":"array","items":{"type":"boolean"}}}}}
        """,

        // Objects.
        #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"]}"#,
        #"{"required":["x"],"additionalProperties":{"type":"integer"}}"#, #"{"type":"object","minProperties":3}"#,
        #"{"type":"object","patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":false,"minProperties":2}"#,
        #"{"type":"object","propertyNames":{"pattern":"^[A-Z]+$"},"minProperties":2}"#,
        #"{"type":"object","required":["a"],"dependentRequired":{"a":["b"],"b":["c"]}}"#,
        #"{"type":"object","properties":{"bad":false,"good":{"type":"string"}},"minProperties":1}"#,
        #"{"type":"object","properties":{"a":{},"b":{}},"maxProperties":1,"minProperties":1}"#,

        // Combinations.
        #"{"anyOf":[{"type":"null"},{"type":"string"}]}"#, #"{"anyOf":[false,{"type":"string","minLength":2}]}"#,
        #"{"oneOf":[{"type":"number","multipleOf":5},{"type":"number","multipleOf":3}]}"#,
        #"{"oneOf":[{"type":"integer"},{"type":"number","minimum":2}]}"#,
        #"{"oneOf":[{"enum":["a","b"]},{"enum":["b","c"]}]}"#,
        """
        {"oneOf":[{"type":"object","properties":{"kind":{"const":"cat"}}},
                  {"type":"object","properties":{"kind":{"const":"dog"}}}]}
        """,
        #"{"type":"object","oneOf":[{"required":["a"]},{"required":["b"]}]}"#,
        #"{"not":{"type":"string"}}"#, #"{"type":"integer","not":{"minimum":0}}"#, #"{"not":{"not":{"type":"null"}}}"#,
        #"{"type":"string","not":{"pattern":"^e"}}"#, #"{"type":"array","not":{"maxItems":1}}"#,
        """
        {"type":"object","required":["country","zip"],
         "properties":{"country":{"enum":["US","CA"]},"zip":{"type":"string"}},
         "if":{"properties":{"country":{"const":"US"}}},
         "then":{"properties":{"zip":{"pattern":"^\\\\d{5}$"}}},"else":{"properties":{"zip":{"pattern":"^[A-Z]"}}}}
        """,
        #"{"type":"integer","if":{"maximum":10},"then":false}"#,

        // References and recursion.
        ##"{"$ref":"#/$defs/A","minLength":20,"$defs":{"A":{"$ref":"#/$defs/B"},"B":{"type":"string"}}}"##,
        """
        {"$ref":"#/$defs/Node","$defs":{"Node":{"type":"object","required":["value","next"],"properties":
         {"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/Node"},{"type":"null"}]}}}}}
        """,
        """
        {"$ref":"#/$defs/E","$defs":{"E":{"oneOf":[
          {"type":"object","required":["and"],"properties":{"and":{"type":"array","minItems":2,"items":{"$ref":"#/$defs/E"}}}},
          {"type":"object","required":["not"],"properties":{"not":{"$ref":"#/$defs/E"}}},
          {"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}]}}}
        """,
        """
        {"$defs":{"L":{"type":"array","items":{"$ref":"#/$defs/L"}}},
         "allOf":[{"$ref":"#/$defs/L"},{"minItems":1,"items":{"minItems":1,"items":{"minItems":2}}}]}
        """,
    ]
