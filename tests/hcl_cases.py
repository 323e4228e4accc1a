"""HCL expressions and what Terraform makes of them. The locals and variables they use are in `HEADER`.

Shared by the unit tests and the differential test, which puts the same questions to Terraform's own evaluator.
"""

HEADER = """
variable "env" {
  type    = string
  default = "prod"
}
variable "obj" {
  type = object({
    name = string
    size = optional(number, 3)
    tags = optional(map(string), { a = "b" })
    more = optional(string)
  })
  default = { name = "x", extra = 1 }
}
variable "nums" {
  type    = list(number)
  default = ["1", 2, 3.5]
}
locals {
  list   = ["a", "b", "c"]
  map    = { x = 1, y = 2 }
  nested = { one = { ids = ["i1", "i2"] }, two = { ids = ["i3"] } }
  users  = [{ name = "ann", teams = ["t1", "t2"] }, { name = "bob", teams = ["t2"] }]
  flag   = true
  later  = local.sooner
  sooner = "ok"
}
"""

CASES = [
    # literals and operators
    ('"plain"', "plain"),
    ('"a\\nb\\t\\"q\\" \\\\ \\u00e9 $${x} %%{y} $ %"', 'a\nb\t"q" \\ é ${x} %{y} $ %'),
    ("1 + 2 * 3 - 4 / 2", 5),
    ("(1 + 2) * 3", 9),
    ("7 % 3", 1),
    ("-3 + 1", -2),
    ("0.1 + 0.2", 0.3),
    ("1.50", 1.5),
    ("1e3", 1000),
    ('"${1e21} ${0.5} ${-0.25} ${100000000000000000000000}"', "1000000000000000000000 0.5 -0.25 100000000000000000000000"),
    ("!true || false && true", False),
    ("null != null && null.x", False),
    ('true || tobool("x")', True),
    ('false && tobool("x") || true', True),
    ("!false == true", True),
    ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3", True),
    ('1 == "1"', False),
    ('"a" != "b"', True),
    ('["a", 1] == ["a", 1]', True),
    ("{ a = 1 } == { a = 1 }", True),
    ("null == null", True),
    ('"1" + 2', 3),
    ("1 - 1 - 1", -1),
    ("2 * 3 % 4", 2),
    ("true ? 1 : 2", 1),
    ('true ? 1 : "b"', "1"),
    ("false ? 1 : null", None),
    ("true ? [] : [1]", []),
    ('true ? { a = 1 } : { a = "x", b = "y" }', {"a": "1"}),
    ("local.flag ? false ? 1 : 2 : 3", 2),
    # references
    ("local.later", "ok"),
    ("var.env", "prod"),
    ("var.obj.size", 3),
    ("var.obj.tags", {"a": "b"}),
    ("var.obj.more", None),
    ("var.nums", [1, 2, 3.5]),
    ('local.map["x"]', 1),
    ("local.list[1]", "b"),
    ("local.list.2", "c"),
    ("local.users[*].name", ["ann", "bob"]),
    ("local.users.*.name", ["ann", "bob"]),
    ("local.users[*].teams[0]", ["t1", "t2"]),
    ("local.users.*.teams[0]", ["t1", "t2"]),
    ('"x"[*]', ["x"]),
    ("null[*]", []),
    ("local.nested.one.ids[1]", "i2"),
    ('{ (var.env) = 1, "${var.env}-b" = 2, c : 3 }', {"prod": 1, "prod-b": 2, "c": 3}),
    # for
    ("[for x in local.list : upper(x)]", ["A", "B", "C"]),
    ('[for i, x in local.list : "${i}${x}" if x != "b"]', ["0a", "2c"]),
    ('[for k, v in local.map : "${k}=${v}"]', ["x=1", "y=2"]),
    ("{ for k, v in local.map : v => k }", {"1": "x", "2": "y"}),
    ("{ for u in local.users : u.name => u.teams if length(u.teams) > 1 }", {"ann": ["t1", "t2"]}),
    (
        "{ for p in flatten([for u in local.users : [for t in u.teams : { u = u.name, t = t }]]) : p.t => p.u... }",
        {"t1": ["ann"], "t2": ["ann", "bob"]},
    ),
    ('[for x in toset(["b", "a", "b"]) : x]', ["a", "b"]),
    # templates
    ('"${var.env}"', "prod"),
    ('"${local.list[0]}-${local.map.x}-${true}"', "a-1-true"),
    ('"%{ if local.flag }yes%{ else }no%{ endif }"', "yes"),
    ('"%{ if !local.flag }yes%{ endif }"', ""),
    ('"%{ for x in local.list }<${x}>%{ endfor }"', "<a><b><c>"),
    ('"%{ for i, x in local.list ~}  ${i}${x}  %{~ endfor }"', "0a1b2c"),
    ('"a  ${~ "b" ~}  c"', "abc"),
    ('" ${ " " } "', "   "),
    ('"%{ if true }%{ if false }a%{ else }b%{ endif }%{ else }c%{ endif }"', "b"),
    ("<<EOT\n  one\n    two ${var.env}\n  EOT\n", "  one\n    two prod\n"),
    ("<<-EOT\n    one\n      two\n\n    three ${var.env}\n    EOT\n", "one\n  two\n\nthree prod\n"),
    ("<<-EOT\n  ${var.env}\n    x\n  EOT\n", "prod\n  x\n"),
    (
        "<<-EOT\n    %{ for x in local.list ~}\n    - ${x}\n    %{ endfor ~}\n    end\n  EOT\n",
        "    - a\n    - b\n    - c\n    end\n",
    ),
    ('<<EOT\n{"a": "\\d$${x}"}\nEOT\n', '{"a": "\\d${x}"}\n'),
    # a lone sign keeps the one blank between itself and the line's end
    ("<<EOT\na$ \n${~ var.env}\nEOT\n", "a$ prod\n"),
    ("<<EOT\na%%\t\n%{~ if true }b%{ endif }\nEOT\n", "a%%\tb\n"),
    ("<<EOT\na$  \n${~ var.env}\nEOT\n", "a$prod\n"),
    ("<<EOT\na$$${ \n${~ var.env}\nEOT\n", "a$${prod\n"),
    ("<<EOT\n$${ \n${~ var.env}%%%{ ${~ var.env}\nEOT\n", "${prod%%{prod\n"),
    ('"$ ${~ var.env}$${ ${~ var.env} %% %{~ if true}$%{endif}"', "$prod${prod %%$"),
    # text functions
    ('format("%s-%03d-%v-%t %% %q", "a", 7, 1.5, true, "q\\"")', 'a-007-1.5-true % "q\\""'),
    ('format("%5s|%-5s|%.2f|%x|%X|%b|%o", "ab", "ab", 3.14159, 255, 255, 5, 8)', "   ab|ab   |3.14|ff|FF|101|10"),
    ('format("%[2]s %[1]s", "a", "b")', "b a"),
    ('format("%v %v", ["a", 1], { b = null })', '["a",1] {"b":null}'),
    ('formatlist("%s/%s", "p", local.list)', ["p/a", "p/b", "p/c"]),
    ('formatlist("%s=%s", keys(local.map), values(local.map))', ["x=1", "y=2"]),
    ('join("-", local.list)', "a-b-c"),
    ('join(",", [1, 2], ["x"])', "1,2,x"),
    ('split(",", "a,b,,c")', ["a", "b", "", "c"]),
    ('split(",", "")', [""]),
    ('replace("a.b.c", ".", "-")', "a-b-c"),
    ('replace("hello world", "/o(.)/", "<$1>")', "hell< >w<r>ld"),
    ('replace("ab", "/(?P<x>a)/", "${"$"}{x}${"$"}{x}")', "aab"),
    ('replace("aXbX", "/X$/", "!")', "aXb!"),
    ('regex("[a-z]+", "12abc34")', "abc"),
    ('regex("(\\\\d+)-(\\\\d+)", "x 12-34")', ["12", "34"]),
    ('regex("(?P<a>\\\\w)=(?P<b>\\\\w)", "k=v")', {"a": "k", "b": "v"}),
    ('regexall("[a-z]", "a1b2")', ["a", "b"]),
    ('regexall("x*", "axb")', ["", "x", ""]),
    ('length(regexall("z", "abc")) > 0', False),
    ('lower("ABC ÄÖ")', "abc äö"),
    ('upper("abc äß")', "ABC Äß"),
    ('title("hello big-world it\'s")', "Hello Big-World It'S"),
    ('trim("?!hello?!", "!?")', "hello"),
    ('trimprefix("helloworld", "hello")', "world"),
    ('trimsuffix("helloworld", "world")', "hello"),
    ('trimspace("  a b\\n\\n")', "a b"),
    ('chomp("a\\r\\n\\n")', "a"),
    ('indent(2, "a\\nb\\nc")', "a\n  b\n  c"),
    ('substr("hello world", 1, 4)', "ello"),
    ('substr("hello world", -5, -1)', "world"),
    ('strrev("hello")', "olleh"),
    ('startswith("hello", "he")', True),
    ('endswith("hello", "he")', False),
    ('strcontains("hello", "ell")', True),
    # collections
    ('concat(["a"], [], ["b", "c"])', ["a", "b", "c"]),
    ("merge({ a = 1, b = 2 }, { b = 3 }, null)", {"a": 1, "b": 3}),
    ('flatten([["a", []], "b", [["c"]]])', ["a", "b", "c"]),
    ('lookup(local.map, "x", 0)', 1),
    ('lookup({ a = "b" }, "z", "d")', "d"),
    ('try(local.map.z, "fallback")', "fallback"),
    ("try(local.map.x, 0)", 1),
    ("can(local.map.z)", False),
    ("can(local.map.x)", True),
    ('coalesce(null, "", "x")', "x"),
    ('coalesce(null, 1, "x")', "1"),
    ('coalescelist([], ["a"])', ["a"]),
    ('compact(["a", "", null, "b"])', ["a", "b"]),
    ('distinct(["a", "b", "a"])', ["a", "b"]),
    ('contains(local.list, "b")', True),
    ('contains(local.list, "z")', False),
    ("keys({ b = 1, a = 2 })", ["a", "b"]),
    ("values({ b = 1, a = 2 })", [2, 1]),
    ('zipmap(["a", "b"], [1, 2])', {"a": 1, "b": 2}),
    ("element(local.list, 4)", "b"),
    ("length(local.list) + length(local.map) + length(var.env)", 9),
    ('index(local.list, "c")', 2),
    ("range(3)", [0, 1, 2]),
    ("range(1, 8, 3)", [1, 4, 7]),
    ("range(3, 0)", [3, 2, 1]),
    ('setunion(["a"], ["b", "a"])', ["a", "b"]),
    ('setintersection(["a", "b"], ["b", "c"])', ["b"]),
    ('setsubtract(["a", "b"], ["b"])', ["a"]),
    ('setproduct(["a", "b"], [1, 2])', [["a", 1], ["a", 2], ["b", 1], ["b", 2]]),
    ("slice(local.list, 1, 3)", ["b", "c"]),
    ('sort(["b", "B", "a"])', ["B", "a", "b"]),
    ("reverse(local.list)", ["c", "b", "a"]),
    ("one([])", None),
    ('one(["x"])', "x"),
    ("sum([1, 2.5])", 3.5),
    ("max(1, 3, 2)", 3),
    ("min([3, 1]...)", 1),
    ("abs(-2) + ceil(1.2) + floor(1.8) + signum(-9)", 4),
    ("pow(2, 10)", 1024),
    ('parseint("ff", 16)', 255),
    ('transpose({ a = ["x", "y"], b = ["y"] })', {"x": ["a"], "y": ["a", "b"]}),
    ('matchkeys(["a", "b"], ["x", "y"], ["y"])', ["b"]),
    ("chunklist(local.list, 2)", [["a", "b"], ["c"]]),
    ('alltrue([true, "true"])', True),
    ("anytrue([false, true])", True),
    ('toset(["b", "a", "b"])', ["a", "b"]),
    ('tolist(["a", 1, true])', ["a", "1", "true"]),
    ('tomap({ a = 1, b = "c" })', {"a": "1", "b": "c"}),
    ("tostring(1.5)", "1.5"),
    ('tonumber("12")', 12),
    ('tobool("true")', True),
    # encoding
    (
        'jsonencode({ b = "<a&b>é\\u2028\\t", a = [1, 1.5, null, true], c = {} })',
        '{"a":[1,1.5,null,true],"b":"\\u003ca\\u0026b\\u003eé\\u2028\\t","c":{}}',
    ),
    ('jsondecode("{\\"a\\": [1, 2.5, null, {\\"b\\": \\"c\\"}]}")', {"a": [1, 2.5, None, {"b": "c"}]}),
    (
        'yamldecode("a: yes\\nb: [1, 0x10, 012, 1e3, .5]\\nc: 2020-01-01\\nn: ~\\n")',
        {"a": True, "b": [1, 16, 12, 1000, 0.5], "c": "2020-01-01T00:00:00Z", "false": None},
    ),
    ("yamldecode(\"x: &a {k: v}\\nz:\\n  <<: *a\\n  z: '1'\\n\")", {"x": {"k": "v"}, "z": {"k": "v", "z": "1"}}),
    (
        'yamlencode({ b = [1, { c = "d", e = [] }], a = { x = null, y = true } })',
        '"a":\n  "x": null\n  "y": true\n"b":\n- 1\n- "c": "d"\n  "e": []\n',
    ),
    ('csvdecode("a,b\\n1,2\\n3,4\\n")', [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
    ('base64encode("hello")', "aGVsbG8="),
    ('base64decode("aGVsbG8=")', "hello"),
    ('md5("a")', "0cc175b9c0f1b6a831c399e269772661"),
    ('sha1("a")', "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
    ('base64sha256("a")', "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="),
    ('urlencode("a b/c?d=é~*")', "a+b%2Fc%3Fd%3D%C3%A9~%2A"),
    ('uuidv5("dns", "example.com")', "cfbff0d1-9375-5685-968c-48ce8b15ae17"),
    # addresses and paths
    ('cidrsubnet("10.0.0.0/16", 8, 2)', "10.0.2.0/24"),
    ('cidrhost("10.0.0.0/24", 5)', "10.0.0.5"),
    ('cidrnetmask("10.0.0.0/12")', "255.240.0.0"),
    ('cidrsubnets("10.0.0.0/16", 4, 4, 8)', ["10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/24"]),
    ('dirname("a/b/c.txt")', "a/b"),
    ('basename("a/b/c.txt")', "c.txt"),
    ("path.module", "."),
    # line ends inside brackets, comments
    ("[\n  1, # one\n  2, // two\n  /* three */ 3,\n]", [1, 2, 3]),
    ("(\n  1\n  +\n  2\n)", 3),
    ('{\n  a = 1\n  b = "c", d = [\n    1\n  ]\n}', {"a": 1, "b": "c", "d": [1]}),
    ('upper(\n  "a"\n)', "A"),
]
