/* bt-limits.h: every cap on what a stranger can make us hold, each with its reason.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files we are given. */
#define BT_LIMIT_TORRENT_BYTES (32u * 1024 * 1024) /* the largest torrents in the wild have ~10 MiB */
#define BT_LIMIT_USUAL_TORRENT_BYTES 10000000u     /* above that a person is asked first; a server need not be */
#define BT_LIMIT_TORRENT_DEPTH 100                 /* BEP 52 file trees are the deepest real input */
#define BT_LIMIT_TORRENT_TOKENS 3000000u           /* 200,000 files need about 1.6 million */
#define BT_LIMIT_PIECES 0x200000u                  /* 2 Mi pieces: 32 TiB at 16 MiB */
#define BT_LIMIT_PIECE_LENGTH (32767u * 16384u)    /* 511.98 MiB, as libtorrent */
#define BT_LIMIT_TOTAL_SIZE (G_GUINT64_CONSTANT (1) << 48) /* 256 TiB: no disk has more */
#define BT_LIMIT_PATH_DEPTH 100 /* as deep as dictionaries may be; systems allow 2,048 at most */
#define BT_LIMIT_PATH_COMPONENT 240 /* bytes of a stem; NAME_MAX is 255, an extension has 9 */
#define BT_LIMIT_DUPLICATE_NAMES 500 /* files of one name that are told apart */
#define BT_LIMIT_TRACKERS 100 /* long lists in the wild have some fifty */
#define BT_LIMIT_URL_BYTES 2048 /* as browsers and servers take */
#define BT_LIMIT_WEB_SEEDS 100 /* as of trackers */
#define BT_LIMIT_NODES 100 /* DHT nodes that a torrent names */

/* Links. */
#define BT_LIMIT_MAGNET_BYTES (64u * 1024) /* a hundred trackers fit */
#define BT_LIMIT_MAGNET_PEERS 100 /* each is a connection that a link makes us try */
#define BT_LIMIT_MAGNET_RANGES 1000   /* of files that it selects */
#define BT_LIMIT_MAGNET_FILE 1000000u /* no torrent within the limits above has that many */

/* Details that peers give of a magnet link. */
#define BT_LIMIT_METADATA (30u * 1024 * 1024)       /* as libtorrent */
#define BT_LIMIT_METADATA_TOTAL (64u * 1024 * 1024) /* of all links, that are not complete yet */
#define BT_LIMIT_METADATA_UNASKED 50u               /* blocks of one peer that are of no use; then it is closed */
#define BT_LIMIT_CLAIMS_TOTAL (16u * 1024 * 1024)   /* what peers of links say of pieces nobody can count yet */
#define BT_LIMIT_METADATA_REQUESTS 64u              /* that one peer has waiting for us to serve; then rejected */

/* Messages from peers, trackers, the DHT. */
#define BT_LIMIT_MESSAGE_DEPTH 32 /* real messages have four */
#define BT_LIMIT_MESSAGE_TOKENS 1000 /* extension handshakes have under a hundred */
#define BT_LIMIT_TRACKER_TOKENS 20000       /* a dictionary reply of 1,000 peers has 7,001 */
#define BT_LIMIT_TRACKER_REPLY (1024u * 1024) /* 10,000 peers as dictionaries; asked for are some hundred */
#define BT_LIMIT_TRACKER_PEERS 1000         /* used of one reply */
#define BT_LIMIT_TRACKER_ADDRESSES 8        /* tried of one name, in each family */
#define BT_LIMIT_ROUTER_ANSWER (64u * 1024)  /* descriptions of real routers have under 20 KiB */
#define BT_LIMIT_BLOCK 16384u               /* both big clients refuse more */
#define BT_LIMIT_PEER_MESSAGE (1024u * 1024) /* anything longer closes the connection */
#define BT_LIMIT_EXTENDED_HANDSHAKE (64u * 1024) /* real ones have under 1 KiB */
#define BT_LIMIT_PEX_BYTES (500u * 1024)     /* one message of peer exchange: a longer one closes the connection */
#define BT_LIMIT_PEX_ENTRIES 200u           /* read of each of its lists */
#define BT_LIMIT_PEX_PER_PEER 50u           /* candidates at a time that one peer may name */
#define BT_LIMIT_REQUESTS_FROM_PEER 2000u   /* queued for us to serve; then rejected */
#define BT_LIMIT_REQUESTS_TO_PEER 500u      /* outstanding with one peer: 8 MiB under way, 80 MiB/s at 100 ms */
#define BT_LIMIT_ALLOWED_FAST 100u          /* remembered of one peer */
#define BT_LIMIT_REJECTS_FROM_PEER 50u /* of what we never asked for: some cross on the way */
#define BT_LIMIT_UNREQUESTED_BLOCKS 50u /* some cross with a cancel; more are a flood */

/* The DHT. What others keep with us is as much as libtorrent's nodes keep. */
#define BT_LIMIT_DHT_DATAGRAM 4096u           /* read; nodes send at most one frame of Ethernet */
#define BT_LIMIT_DHT_ITEM_BYTES 1000u         /* of a value, encoded (BEP 44) */
#define BT_LIMIT_DHT_SALT 64u                 /* BEP 44 */
#define BT_LIMIT_DHT_SWARMS 2000u             /* info-hashes whose peers we keep for others */
#define BT_LIMIT_DHT_PEERS_PER_SWARM 500u /* more than one answer can name */
#define BT_LIMIT_DHT_PEERS 100000u            /* of all swarms: 4 MiB, where the two above allow 40 */
#define BT_LIMIT_DHT_ITEMS 700u               /* each of some 1.2 KiB */
#define BT_LIMIT_DHT_SAMPLES 20u              /* info-hashes told at once (BEP 51) */
#define BT_LIMIT_DHT_SOURCES 512u             /* addresses whose messages are counted */
#define BT_LIMIT_DHT_MESSAGES_PER_SOURCE 50u  /* in ten seconds; then it is ignored for a while */
#define BT_LIMIT_DHT_REPLY_BYTES_PER_S 8000u  /* no more is worth having us as an amplifier */

/* Connections and addresses. */
#define BT_LIMIT_CANDIDATES 3000u           /* per torrent: a day of a large swarm; 100 bytes each */
#define BT_LIMIT_CANDIDATES_AT_REST 1000u   /* of one that is stopped: they grow old, and there may be thousands of such */
#define BT_LIMIT_ATTEMPTS 27000u             /* addresses tried without success, or with: as many as 15 minutes of 30 a second */
#define BT_LIMIT_LOWEST_PORT 1024u          /* of peers that PEX and the DHT name, and of nodes: below are services of others */
#define BT_LIMIT_HALF_OPEN_INCOMING 100u    /* that have not named a torrent; then the oldest goes */
#define BT_LIMIT_HALF_OPEN_PER_NEIGHBOUR 20u /* of one local address, which may be a router or proxy for many */
#define BT_LIMIT_HALF_SHAKEN 30u            /* per torrent, that named it and stopped; then the oldest goes */
#define BT_LIMIT_LINKS_PER_ADDRESS 3u       /* of strangers: homes and schools share one, but not a hundred of a swarm */
#define BT_LIMIT_PEER_OUTPUT (4u * 1024 * 1024) /* bytes queued towards one peer */

/* Disk. */
#define BT_LIMIT_DISK_BACKLOG (32u * 1024 * 1024) /* bytes in memory before links stop reading */
#define BT_LIMIT_OPEN_FILES 100u /* as long as the others are closed in turn, or a quarter of all descriptors */
#define BT_LIMIT_SPARE_DESCRIPTORS 160u /* or a quarter of all: for files and lookups, not peers */

/* Texts for the screen. */
#define BT_LIMIT_TEXT_TRACKER 1024 /* bytes of a message, which is a line */
#define BT_LIMIT_TEXT_CLIENT 128 /* bytes of a name in a column */
#define BT_LIMIT_TEXT_COMMENT 4096 /* bytes: a page */
#define BT_LIMIT_TEXT_NAME 255 /* what a person calls a torrent */
#define BT_LIMIT_TEXT_TAG 64 /* bytes: a word or three */

/* What a person says of one torrent: as wrong input as any. */
#define BT_LIMIT_TAGS 32u /* of one torrent, as a row can show few */
#define BT_LIMIT_OPTION_PEERS 65535u /* no machine has more connections of one address */
#define BT_LIMIT_GOAL_RATIO 1e6 /* beyond it none is reached */
#define BT_LIMIT_GOAL_S G_GINT64_CONSTANT (3155760000) /* a hundred years */
