// The SMTP half of libcurl. Swift cannot call a function with variable arguments, so each bridge below fixes the type of the
// last one; the options that go with it are those of the manual page of curl_easy_setopt.
#pragma once
#include <curl/curl.h>

typedef size_t (*usdcop_curl_reader)(char *buffer, size_t size, size_t count, void *context);
typedef size_t (*usdcop_curl_writer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*usdcop_curl_watcher)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

// Its constants are macros that Swift does not see.
static inline CURLcode usdcop_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode usdcop_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode usdcop_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode usdcop_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// Where the bytes of the upload come from.
static inline CURLcode usdcop_curl_set_reader(CURL *handle, usdcop_curl_reader reader, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_READDATA, context);
}

// Where the server's bytes go; without it libcurl would write them to standard output.
static inline CURLcode usdcop_curl_set_writer(CURL *handle, usdcop_curl_writer writer) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, writer);
}

// Asked about once a second whether the transfer shall go on.
static inline CURLcode usdcop_curl_set_watcher(CURL *handle, usdcop_curl_watcher watcher, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

// The last reply code of the server, 0 when it gave none.
static inline long usdcop_curl_reply_code(CURL *handle) {
    long code = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}
