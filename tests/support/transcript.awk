# The parts of tests/support/transcript that look at lines.
#
#   mode=split    writes N.command and N.want into the folder `out`, prints how many there are
#   mode=compare  two files; the exit status says whether the second is what the first one wants
#   mode=update   prints the file with N.new of the folder `out` where there is one

BEGIN { markdown = ARGV[1] ~ /\.md$/; inside = !markdown }

function plain(line) {
  sub(/[ \t]+$/, "", line)
  gsub(/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]([ T][0-9][0-9]:[0-9][0-9](:[0-9][0-9](\.[0-9]+)?)?( ?[+-][0-9][0-9]:?[0-9][0-9]|Z| UTC)?)?/, "<time>", line)
  gsub(/[0-9]+ (second|minute|hour|day|week|month|year)s? ago|just now|in the future/, "<ago>", line)
  gsub(/[0-9]+(\.[0-9]+)? ?(ms|µs|s)([^a-zA-Z0-9]|$)/, "<duration> ", line)
  gsub(/SQLite [0-9.]+[0-9]/, "SQLite <version>", line)
  gsub(/PostgreSQL [0-9.]+[0-9]/, "PostgreSQL <version>", line)
  line = ids(line)
  gsub(/ +/, " ", line)
  gsub(/─+/, "─", line)
  sub(/ $/, "", line)
  return line
}

# Words of 7 to 40 hexadecimal digits become <id>; mawk has no \< and no intervals.
function ids(line,    result, word) {
  result = ""
  while (match(line, /[0-9A-Za-z_]+/)) {
    word = substr(line, RSTART, RLENGTH)
    result = result substr(line, 1, RSTART - 1)
    if (RLENGTH >= 7 && RLENGTH <= 40 && word ~ /^[0-9a-f]+$/ && word ~ /[0-9]/)
      word = "<id>"
    result = result word
    line = substr(line, RSTART + RLENGTH)
  }
  return result line
}

# Whether `line` is `pattern`, in which [..] stands for anything.
function same(pattern, line,    at, piece, first) {
  first = 1
  while ((at = index(pattern, "[..]")) > 0) {
    piece = substr(pattern, 1, at - 1)
    pattern = substr(pattern, at + 4)
    if (first ? substr(line, 1, length(piece)) != piece : piece != "" && index(line, piece) == 0)
      return 0
    line = substr(line, (first ? 1 : piece == "" ? 1 : index(line, piece)) + length(piece))
    first = 0
  }
  if (first)
    return line == pattern
  return length(line) >= length(pattern) && substr(line, length(line) - length(pattern) + 1) == pattern
}

# Whether lines g… of what came are what lines w… want; a line "..." takes any number of them.
function fits(w, g) {
  for (; w <= wants; w++) {
    if (want[w] == "...") {
      for (; g <= gots + 1; g++)
        if (fits(w + 1, g))
          return 1
      return 0
    }
    if (g > gots || !same(want[w], got[g]))
      return 0
    g++
  }
  return g > gots
}

mode == "compare" {
  if (FNR == NR && FILENAME == ARGV[1])
    want[++wants] = plain($0)
  else
    got[++gots] = plain($0)
  next
}

markdown && /^```/ {
  finish()
  inside = !inside && $0 == "```console"
  if (mode == "update") print
  next
}

inside && /^\$ / {
  finish()
  n++
  state = "command"
  text = substr($0, 3)
  if (mode == "update") print
  next
}

inside && state == "command" && /^>( |$)/ && incomplete(text) {
  text = text "\n" substr($0, 3)
  if (mode == "update") print
  next
}

inside && /^## / {
  finish()
  if (mode == "update") { if (NR > 1) print ""; print }
  next
}

inside && n > 0 && state != "" {
  if (state == "command") begin_output()
  if (/^[ \t]*$/) { blanks++; next }
  for (; blanks > 0; blanks--) output = output "\n"
  output = output $0 "\n"
  next
}

mode == "update" && (!inside || markdown || /[^ \t]/) { print }

# Whether a shell would ask for more: a here-document or a quote is open. Output may begin with ">".
function incomplete(text,    rest, mark) {
  if (match(text, /<<'?[A-Z]+/)) {
    rest = substr(text, RSTART + RLENGTH)
    mark = substr(text, RSTART, RLENGTH)
    gsub(/[<']/, "", mark)
    return index(rest "\n", "\n" mark "\n") == 0
  }
  if (gsub(/"/, "\"", text) % 2 == 1) return 1
  return index(text, "\"") == 0 && gsub(/'/, "'", text) % 2 == 1
}

function begin_output() {
  state = "output"
  output = ""
  blanks = 0
}

# Ends the command whose output was read: blank lines at its end do not count.
function finish(    file, line) {
  if (state == "") return
  if (state == "command") begin_output()
  if (mode == "split") {
    printf "%s\n", text > (out "/" n ".command")
    printf "%s", output > (out "/" n ".want")
    close(out "/" n ".command")
    close(out "/" n ".want")
  } else {
    file = out "/" n ".new"
    if ((getline line < file) >= 0) {
      if (line != "" || !empty(file)) {
        close(file)
        while ((getline line < file) > 0) print line
      }
      close(file)
    } else {
      printf "%s", output
    }
  }
  state = ""
}

function empty(file,    line, result) {
  close(file)
  result = (getline line < file) <= 0
  return result
}

END {
  if (mode == "compare") {
    while (wants > 0 && want[wants] == "") wants--
    while (gots > 0 && got[gots] == "") gots--
    exit !fits(1, 1)
  }
  finish()
  if (mode == "split") print n + 0
}
