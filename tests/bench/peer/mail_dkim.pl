#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# mail_dkim.pl KEYS MESSAGE...: verifies the signatures of message files (CRLF) with Mail::DKIM, keys from KEYS ("name record"
# lines). Prints the CPU seconds that this took and the number of signatures that verify. For bench_scan.
use strict;
use warnings;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;

package Keys {
    sub send {
        my ($self, $name, $type) = @_;
        my $packet = Net::DNS::Packet->new($name, $type);
        my $record = $self->{lc $name};
        $packet->header->rcode(defined $record ? 'NOERROR' : 'NXDOMAIN');
        $packet->push(answer => Net::DNS::RR->new(name => $name, type => 'TXT', ttl => 60, txtdata => [$record =~ /(.{1,255})/g])) if defined $record;
        return $packet;
    }
    sub errorstring { 'NOERROR' }
}

package main;

my $keys = bless {}, 'Keys';
open my $in, '<', shift or die "$!";
while (<$in>) {
    chomp;
    my ($name, $record) = split / /, $_, 2;
    $keys->{lc $name} = $record;
}
Mail::DKIM::DNS::resolver($keys);

my $start = (times)[0] + (times)[1];
my $passed = 0;
for my $path (@ARGV) {
    my $verifier = Mail::DKIM::Verifier->new;
    open my $message, '<:raw', $path or die "$path: $!";
    local $/;
    $verifier->PRINT(<$message>);
    $verifier->CLOSE;
    $passed += grep { $_->result eq 'pass' } $verifier->signatures;
}
printf "%.6f %d\n", (times)[0] + (times)[1] - $start, $passed;
