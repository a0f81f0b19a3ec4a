# fill_archive.pl INBOX MBOX...: puts the mails of mboxrd files into a public-inbox, with public-inbox's own importer.
use strict;
use warnings;
use PublicInbox::Config;
use PublicInbox::InboxWritable;

my ($dir, @boxes) = @ARGV;
my ($ibx) = grep { $_->{inboxdir} eq $dir } list();
die "no inbox $dir in the configuration\n" unless $ibx;
for my $box (@boxes) {
	open(my $fh, '<', $box) or die "$box: $!\n";
	PublicInbox::InboxWritable->new($ibx)->import_mbox($fh, 'mboxrd');
}

sub list {
	my @found;
	PublicInbox::Config->new->each_inbox(sub { push @found, $_[0] });
	return @found;
}
