/**
 * What offers a sandbox's Unix sockets as ports of its loopback, or one of its ports as a Unix socket, and then becomes or
 * starts the command. In Perl, which starts in 3 ms and is on nearly every machine that has git; Node takes 40 ms and more
 * and is there in any case. Arguments: `port=socket` or `socket=port` ..., then the command.
 */

/** Without modules, whose loading takes longer than all the rest; the numbers are Linux's. */
const IN_PERL = String.raw`
my (@listen, %to);
while (@ARGV && $ARGV[0] =~ /^(?:(\d+)=(.+)|(\/.+)=(\d+))$/) {
  my $at = defined $1 ? pack("S n a4 x8", 2, $1, "\x7f\0\0\1") : pack("S a108", 1, $3);
  socket(my $s, defined $1 ? 2 : 1, 1, 0);
  bind($s, $at) && listen($s, 128) or die "$ARGV[0]: $!";
  push @listen, $s; $to{fileno $s} = defined $1 ? $2 : $4; shift;
}
sub reach {
  my @ways = $_[0] =~ /^\d+$/
    ? ([2, pack("S n a4 x8", 2, $_[0], "\x7f\0\0\1")], [10, pack("S n N a16 N", 10, $_[0], 0, "\0" x 15 . "\1", 0)])
    : ([1, pack("S a108", 1, $_[0])]);
  for my $way (@ways) { socket(my $on, $way->[0], 1, 0) or next; return $on if connect($on, $way->[1]) }
  return;
}
defined(my $pid = fork) or die "fork: $!";
if ($pid) { exec { $ARGV[0] } @ARGV; die "$ARGV[0]: $!" }
open STDIN, "</dev/null"; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null";
$SIG{$_} = "IGNORE" for qw(PIPE TERM INT HUP);
my (%sock, %peer, %out, %eof);
sub drop { my @both = ($_[0], $peer{$_[0]}); for my $f (@both) { close $sock{$f}; delete $_->{$f} for \%sock, \%peer, \%out, \%eof } }
for (;;) {
  my ($r, $w) = ("", "");
  vec($r, fileno $_, 1) = 1 for @listen;
  for my $n (keys %sock) {
    vec($r, $n, 1) = 1 if !$eof{$n} && length $out{$peer{$n}} < 262144;
    vec($w, $n, 1) = 1 if length $out{$n};
  }
  next if select($r, $w, undef, undef) < 1;
  for my $l (grep { vec($r, fileno $_, 1) } @listen) {
    accept(my $in, $l) or next;
    my $on = reach($to{fileno $l}) or next;
    my ($a, $b) = (fileno $in, fileno $on);
    fcntl($_, 4, 2048) for $in, $on;
    @sock{$a, $b} = ($in, $on); @peer{$a, $b} = ($b, $a); @out{$a, $b} = ("", ""); @eof{$a, $b} = (0, 0);
    vec($r, $_, 1) = vec($w, $_, 1) = 0 for $a, $b;
  }
  for my $n (keys %sock) {
    if ($sock{$n} && vec($r, $n, 1)) {
      my $got = sysread $sock{$n}, my $part, 65536;
      if ($got) { $out{$peer{$n}} .= $part }
      elsif (defined $got) { $eof{$n} = 1 }
      elsif ($! != 11) { drop($n); next }
    }
    if ($sock{$n} && length $out{$n}) {
      my $put = syswrite $sock{$n}, $out{$n};
      if ($put) { substr($out{$n}, 0, $put) = "" }
      elsif (!defined $put && $! != 11) { drop($n); next }
    }
  }
  for my $n (keys %sock) {
    next unless $sock{$n} && $eof{$n};
    my $p = $peer{$n};
    if ($eof{$n} == 1 && !length $out{$p}) { shutdown $sock{$p}, 1; $eof{$n} = 2 }
    drop($n) if $eof{$n} == 2 && $eof{$p} == 2;
  }
}`;

const IN_NODE = String.raw`
const net = require("node:net"), { constants } = require("node:os"), { spawn } = require("node:child_process");
const command = process.argv.slice(1), ways = [];
while (/^(\d+=|\/.+=\d+$)/.test(command[0] ?? "")) ways.push(command.shift().split(/=(.*)/s));
const both = (name, options, done) => done(null, [{ address: "127.0.0.1", family: 4 }, { address: "::1", family: 6 }]);
const placeOf = (end) => (/^\d+$/.test(end) ? { port: Number(end), host: "localhost", lookup: both, autoSelectFamily: true } : { path: end });
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => {});
Promise.all(ways.map(([from, to]) => new Promise((done) => net.createServer({ allowHalfOpen: true }, (one) => {
  const other = net.connect({ ...placeOf(to), allowHalfOpen: true });
  const end = () => { one.destroy(); other.destroy(); };
  one.on("error", end); other.on("error", end); one.pipe(other).pipe(one);
}).listen(/^\d+$/.test(from) ? { port: Number(from), host: "127.0.0.1" } : { path: from }, done)))).then(() => {
  const child = spawn(command[0], command.slice(1), { stdio: "inherit" });
  child.on("error", () => process.exit(127));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
});`;

/** @param perl where it is, if it is. */
export const forwarderOf = (perl: string | undefined): string[] =>
  perl === undefined ? ["node", "-e", IN_NODE, "--"] : [perl, "-e", IN_PERL, "--"];
