# SPDX-License-Identifier: ISC
# bash completion of mailcheck; made from its tables by tests/make-manual.py
_mailcheck()
{
	local cur prev command options
	cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
	case $prev in
	--dmarc) COMPREPLY=($(compgen -W 'rfc9989 rfc7489' -- "$cur")); return ;;
	--repair) COMPREPLY=($(compgen -W 'off quick deep' -- "$cur")); return ;;
	--checks) COMPREPLY=($(compgen -W 'all auth' -- "$cur")); return ;;
	--progress) COMPREPLY=($(compgen -W 'auto none line' -- "$cur")); return ;;
	-f|--format) COMPREPLY=($(compgen -W 'text json ndjson csv' -- "$cur")); return ;;
	--fail-on) COMPREPLY=($(compgen -W 'none info low medium high critical' -- "$cur")); return ;;
	--color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
	--dns|--anchor|--record|--needs|--psl|--key-blocklist|--plan|--files-from|--bundle|--output|--config) compopt -o default; return ;;
	esac
	case $command in
	show) options='--hex --headers --mime --canonical --raw --force --dns --assume-complete --anchor --live --server --record --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --format --output --color --width --no-pager --config --no-config --help --version' ;;
	spf) options='--ip --dns --assume-complete --anchor --live --server --record --helo --mail-from --at --format --output --fail-on --quiet --color --width --no-pager --config --no-config --help --version' ;;
	domain) options='--dns --assume-complete --anchor --live --server --record --psl --key-blocklist --selector --format --output --fail-on --quiet --color --width --no-pager --config --no-config --help --version' ;;
	dns) options='--dns --assume-complete --anchor --live --server --record --needs --rate --dnssec --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --format --output --fail-on --quiet --color --width --no-pager --config --no-config --help --version' ;;
	explain) options='--format --output --color --width --no-pager --config --no-config --help --version' ;;
	scan) options='--attached --dns --assume-complete --anchor --live --server --record --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --checks --jobs --shard --plan --files-from --null --resume --progress --format --output --fail-on --quiet --config --no-config --help --version' ;;
	plan) options='--files-from --null --format --output --config --no-config --help --version' ;;
	tui) options='--dns --assume-complete --anchor --live --server --record --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --color --width --no-pager --config --no-config --help --version' ;;
	keys) options='--dns --assume-complete --anchor --live --server --record --jobs --format --output --quiet --color --width --no-pager --config --no-config --help --version' ;;
	case) options='--dns --assume-complete --anchor --live --server --record --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --sort --limit --bundle --format --output --color --width --no-pager --config --no-config --help --version' ;;
	*) options='--all --attached --dns --assume-complete --anchor --live --server --record --trust --trust-sealer --border --client-ip --helo --mail-from --at --dmarc --psl --key-blocklist --repair --protect --format --output --fail-on --quiet --color --width --no-pager --config --no-config --help --version' ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
		return
	fi
	[[ $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W 'check show spf domain dns explain scan plan tui keys case' -- "$cur"))
	compopt -o default
}
complete -F _mailcheck mailcheck
