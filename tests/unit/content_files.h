/* SPDX-License-Identifier: ISC */
/*
 * Small files for tests of attachments and signatures, in base64: written by hand or by zip and openssl, inert all of them.
 */
#ifndef TESTS_UNIT_CONTENT_FILES_H
#define TESTS_UNIT_CONTENT_FILES_H

/* What the CMS files sign. */
#define SIGNED_ENTITY "Content-Type: text/plain\r\n\r\nSigned words.\r\n"

/* a shell script, the head of a Java class, and two lines of words */
#define FILE_SHELL "IyEvYmluL3NoCnNldCAtZQpybSAtcmYgL3RtcC94CmVjaG8gZG9uZQo=\r\n"
#define FILE_CLASS "yv66vgAAADQAHQoABgAPCQAQABEIABIK\r\n"
#define FILE_WORDS "VGhlc2UgYXJlIHdvcmRzIG9mIGEgbGV0dGVyLAphbmQgbm8gZG9jdW1lbnQgb2YgYW55IGtpbmQuCg==\r\n"

/* a ZIP file with readme.txt and run.exe */
#define FILE_ZIP_EXE \
	"UEsDBBQAAAAIAAAAIVyDFtyMAwAAAAEAAAAKAAAAcmVhZG1lLnR4dKsAAFBLAwQUAAAACAAAACFc\r\n" \
	"i8WEjQcAAAAFAAAABwAAAHJ1bi5leGXLzEstKgEAUEsBAhQDFAAAAAgAAAAhXIMW3IwDAAAAAQAA\r\n" \
	"AAoAAAAAAAAAAAAAAIABAAAAAHJlYWRtZS50eHRQSwECFAMUAAAACAAAACFci8WEjQcAAAAFAAAA\r\n" \
	"BwAAAAAAAAAAAAAAgAErAAAAcnVuLmV4ZVBLBQYAAAAAAgACAG0AAABXAAAAAAA=\r\n"
/* a ZIP file with readme.txt */
#define FILE_ZIP_TEXT \
	"UEsDBBQAAAAIAAAAIVyDFtyMAwAAAAEAAAAKAAAAcmVhZG1lLnR4dKsAAFBLAQIUAxQAAAAIAAAA\r\n" \
	"IVyDFtyMAwAAAAEAAAAKAAAAAAAAAAAAAACAAQAAAAByZWFkbWUudHh0UEsFBgAAAAABAAEAOAAA\r\n" \
	"ACsAAAAAAA==\r\n"
/* a ZIP file in a ZIP file, with run.js */
#define FILE_ZIP_NESTED \
	"UEsDBBQAAAAIAAAAIVzb3TKOQwAAAHUAAAAJAAAAaW5uZXIuemlwC/BmZhFhYGDgAGLFmO6jLb3s\r\n" \
	"QBYrELMBcVFpnl5W8ekz3rpajAwB3oxMIsy4FcNAAyMDXGuANytYihEITYC0NlgFAFBLAQIUAxQA\r\n" \
	"AAAIAAAAIVzb3TKOQwAAAHUAAAAJAAAAAAAAAAAAAACAAQAAAABpbm5lci56aXBQSwUGAAAAAAEA\r\n" \
	"AQA3AAAAagAAAAAA\r\n"
/* a ZIP file with ../bill.pdf.scr */
#define FILE_ZIP_DOUBLE \
	"UEsDBBQAAAAIAAAAIVyLxYSNBwAAAAUAAAAPAAAALi4vYmlsbC5wZGYuc2Nyy8xLLSoBAFBLAQIU\r\n" \
	"AxQAAAAIAAAAIVyLxYSNBwAAAAUAAAAPAAAAAAAAAAAAAACAAQAAAAAuLi9iaWxsLnBkZi5zY3JQ\r\n" \
	"SwUGAAAAAAEAAQA9AAAANAAAAAAA\r\n"
/* a ZIP file whose member is marked as encrypted */
#define FILE_ZIP_ENCRYPTED \
	"UEsDBBQAAQAIAAAAIVwyySMGDgAAAAwAAAAKAAAAcmVhZG1lLnR4dDMwNDI2MTUzt7BMTAIAUEsB\r\n" \
	"AhQDFAABAAgAAAAhXDLJIwYOAAAADAAAAAoAAAAAAAAAAAAAAIABAAAAAHJlYWRtZS50eHRQSwUG\r\n" \
	"AAAAAAEAAQA4AAAANgAAAAAA\r\n"
/* an OOXML document */
#define FILE_DOCX \
	"UEsDBBQAAAAIAAAAIVx9j8M5SgAAAE0AAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbLMJqSxILVao\r\n" \
	"yM3JK7ZVyigpKbDS1y9OzkjNTSzWyy9IzQPKpOUX5SaWALlF6foFicnZiemp+kYGBmb6yfl5Jal5\r\n" \
	"JbolIDOU9O0AUEsDBBQAAAAIAAAAIVw/3hoHBgAAAAQAAAARAAAAd29yZC9kb2N1bWVudC54bWyz\r\n" \
	"SdG3AwBQSwECFAMUAAAACAAAACFcfY/DOUoAAABNAAAAEwAAAAAAAAAAAAAAgAEAAAAAW0NvbnRl\r\n" \
	"bnRfVHlwZXNdLnhtbFBLAQIUAxQAAAAIAAAAIVw/3hoHBgAAAAQAAAARAAAAAAAAAAAAAACAAXsA\r\n" \
	"AAB3b3JkL2RvY3VtZW50LnhtbFBLBQYAAAAAAgACAIAAAACwAAAAAAA=\r\n"
/* one with a macro project */
#define FILE_DOCX_MACRO \
	"UEsDBBQAAAAIAAAAIVx9j8M5SgAAAE0AAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbLMJqSxILVao\r\n" \
	"yM3JK7ZVyigpKbDS1y9OzkjNTSzWyy9IzQPKpOUX5SaWALlF6foFicnZiemp+kYGBmb6yfl5Jal5\r\n" \
	"JbolIDOU9O0AUEsDBBQAAAAIAAAAIVyLxYSNBwAAAAUAAAATAAAAd29yZC92YmFQcm9qZWN0LmJp\r\n" \
	"bsvMSy0qAQBQSwECFAMUAAAACAAAACFcfY/DOUoAAABNAAAAEwAAAAAAAAAAAAAAgAEAAAAAW0Nv\r\n" \
	"bnRlbnRfVHlwZXNdLnhtbFBLAQIUAxQAAAAIAAAAIVyLxYSNBwAAAAUAAAATAAAAAAAAAAAAAACA\r\n" \
	"AXsAAAB3b3JkL3ZiYVByb2plY3QuYmluUEsFBgAAAAACAAIAggAAALMAAAAAAA==\r\n"
/* one with a remote template */
#define FILE_DOCX_REMOTE \
	"UEsDBBQAAAAIAAAAIVx9j8M5SgAAAE0AAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbLMJqSxILVao\r\n" \
	"yM3JK7ZVyigpKbDS1y9OzkjNTSzWyy9IzQPKpOUX5SaWALlF6foFicnZiemp+kYGBmb6yfl5Jal5\r\n" \
	"JbolIDOU9O0AUEsDBBQAAAAIAAAAIVxmWM8LjwAAAM8AAAAcAAAAd29yZC9fcmVscy9zZXR0aW5n\r\n" \
	"cy54bWwucmVsc1WOQQrCMBBFr1JygExx4ULSrnThwo30AkMybYpNJiQjxNsbBKUu/+f9xzd32lBW\r\n" \
	"jsWvqYxmH7urG1RW3fRKNCgvkk4AxXoKWDQnijVsM+eA0mJegOd5tXRm+wwUBQ59f4S81wOKYNu7\r\n" \
	"iUJqPTU35oXkZxf9QR6aKjaEoGrHEr7cjV17cqlCOeKmYDTw//8NUEsBAhQDFAAAAAgAAAAhXH2P\r\n" \
	"wzlKAAAATQAAABMAAAAAAAAAAAAAAIABAAAAAFtDb250ZW50X1R5cGVzXS54bWxQSwECFAMUAAAA\r\n" \
	"CAAAACFcZljPC48AAADPAAAAHAAAAAAAAAAAAAAAgAF7AAAAd29yZC9fcmVscy9zZXR0aW5ncy54\r\n" \
	"bWwucmVsc1BLBQYAAAAAAgACAIsAAABEAQAAAAA=\r\n"
/* one with an ordinary link */
#define FILE_DOCX_LINK \
	"UEsDBBQAAAAIAAAAIVx9j8M5SgAAAE0AAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbLMJqSxILVao\r\n" \
	"yM3JK7ZVyigpKbDS1y9OzkjNTSzWyy9IzQPKpOUX5SaWALlF6foFicnZiemp+kYGBmb6yfl5Jal5\r\n" \
	"JbolIDOU9O0AUEsDBBQAAAAIAAAAIVxVovyhiAAAAMAAAAAcAAAAd29yZC9fcmVscy9kb2N1bWVu\r\n" \
	"dC54bWwucmVsc1XOOw7CMBAE0KtEPoA3oqBATiooKGgQF1iSdWzFP60XKdweN6BQjkZ6M+ZOAcXn\r\n" \
	"VJ0vdTT72F3nQbHqHu9Cg3Ii5QRQJ0cRq86F0haDzRxRWuQFsrV+onOeXpGSwKHvj8B7HlyTOPi0\r\n" \
	"NhR5Ifmxop+YVk0bxhIIvv0tz236sglxwqBgNPB/+ANQSwECFAMUAAAACAAAACFcfY/DOUoAAABN\r\n" \
	"AAAAEwAAAAAAAAAAAAAAgAEAAAAAW0NvbnRlbnRfVHlwZXNdLnhtbFBLAQIUAxQAAAAIAAAAIVxV\r\n" \
	"ovyhiAAAAMAAAAAcAAAAAAAAAAAAAACAAXsAAAB3b3JkL19yZWxzL2RvY3VtZW50LnhtbC5yZWxz\r\n" \
	"UEsFBgAAAAACAAIAiwAAAD0BAAAAAA==\r\n"
/* a PDF */
#define FILE_PDF \
	"JVBERi0xLjQKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyA+PgplbmRvYmoKJSVFT0YK\r\n"
/* a PDF with a script, its name escaped */
#define FILE_PDF_SCRIPT \
	"JVBERi0xLjQKMSAwIG9iago8PCAvUyAvSmF2YSM1M2NyaXB0IC9KUyAoeCkgPj4KZW5kb2JqCiUl\r\n" \
	"RU9GCg==\r\n"
/* a PDF that launches something, in a compressed object */
#define FILE_PDF_OBJECTS \
	"JVBERi0xLjUKMSAwIG9iago8PCAvVHlwZSAvT2JqU3RtIC9OIDEgL0ZpcnN0IDQgL0ZpbHRlciAv\r\n" \
	"RmxhdGVEZWNvZGUgPj4Kc3RyZWFtCnicM1QwULCxUdAPVtD3SSzNS85Q0HdT0KjQVLCzAwBXGgaA\r\n" \
	"CmVuZHN0cmVhbQplbmRvYmoKJSVFT0YK\r\n"
/* a PDF whose data only looks like a name */
#define FILE_PDF_STREAM \
	"JVBERi0xLjQKMSAwIG9iago8PCAvTGVuZ3RoIDIwID4+CnN0cmVhbQovSlMgL0phdmFTY3JpcHQg\r\n" \
	"L0pTCmVuZHN0cmVhbQplbmRvYmoKJSVFT0YK\r\n"
/* an encrypted PDF */
#define FILE_PDF_ENCRYPTED \
	"JVBERi0xLjQKMSAwIG9iago8PCA+PgplbmRvYmoKdHJhaWxlciA8PCAvRW5jcnlwdCAyIDAgUiA+\r\n" \
	"PgolJUVPRgo=\r\n"
/* a Word document as a compound file */
#define FILE_DOC \
	"0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAPgADAP7/CQAGAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAA\r\n" \
	"EAAA/v///wAAAAD+////AAAAAAAAAAD/////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"///////////////////////////////////////////////////////////////////////////9\r\n" \
	"/////v////7/////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"/////////////////////////////////////////////////////////////////////////1IA\r\n" \
	"bwBvAHQAIABFAG4AdAByAHkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAWAAUA////////////////AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"/v///wAAAAAAAAAAVwBvAHIAZABEAG8AYwB1AG0AZQBuAHQAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAABoAAgD///////////////8AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAACAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7KUA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
/* one with macros */
#define FILE_DOC_MACRO \
	"0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAPgADAP7/CQAGAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAA\r\n" \
	"EAAA/v///wAAAAD+////AAAAAAAAAAD/////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"///////////////////////////////////////////////////////////////////////////9\r\n" \
	"/////v//////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"/////////////////////////////////////////////////////////////////////////1IA\r\n" \
	"bwBvAHQAIABFAG4AdAByAHkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAWAAUA////////////////AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"/v///wAAAAAAAAAATQBhAGMAcgBvAHMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAA4AAQD///////////////8AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAD+////AAAAAAAAAABWAEIAQQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAABAP///////////////wAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP7///8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
/* an encrypted one */
#define FILE_DOC_ENCRYPTED \
	"0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAPgADAP7/CQAGAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAA\r\n" \
	"EAAA/v///wAAAAD+////AAAAAAAAAAD/////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"///////////////////////////////////////////////////////////////////////////9\r\n" \
	"/////v//////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"/////////////////////////////////////////////////////////////////////////1IA\r\n" \
	"bwBvAHQAIABFAG4AdAByAHkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAWAAUA////////////////AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"/v///wAAAAAAAAAARQBuAGMAcgB5AHAAdABpAG8AbgBJAG4AZgBvAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAB4AAgD///////////////8AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAD+////AAAAAAAAAABFAG4AYwByAHkAcAB0AGUAZABQAGEAYwBrAGEAZwBl\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIgACAP///////////////wAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP7///8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"
/* an Excel file with a macro sheet */
#define FILE_XLS_SHEET \
	"0M8R4KGxGuEAAAAAAAAAAAAAAAAAAAAAPgADAP7/CQAGAAAAAAAAAAAAAAABAAAAAQAAAAAAAAAA\r\n" \
	"EAAA/v///wAAAAD+////AAAAAAAAAAD/////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"///////////////////////////////////////////////////////////////////////////9\r\n" \
	"/////v////7/////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"////////////////////////////////////////////////////////////////////////////\r\n" \
	"/////////////////////////////////////////////////////////////////////////1IA\r\n" \
	"bwBvAHQAIABFAG4AdAByAHkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAWAAUA////////////////AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"/v///wAAAAAAAAAAVwBvAHIAawBiAG8AbwBrAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAABIAAgD///////////////8AAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAACAAAAIgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACQgQ\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAACFAAoAAAAAAAABAQBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
/* the head of a Windows program */
#define FILE_PROGRAM \
	"TVqQAAMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
/* the head of a shortcut */
#define FILE_LNK \
	"TAAAAAEUAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
/* a square PNG in two colours */
#define FILE_PNG_TWO \
	"iVBORw0KGgoAAAANSUhEUgAAASIAAAEiAQAAAAAAAAAA\r\n"
/* a square PNG in colours */
#define FILE_PNG \
	"iVBORw0KGgoAAAANSUhEUgAAASIAAAEiCAIAAAAAAAAA\r\n"
/* news@bank.example signed SIGNED_ENTITY */
#define CMS_NEWS \
	"MIIC4QYJKoZIhvcNAQcCoIIC0jCCAs4CAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBoIIB\r\n" \
	"ozCCAZ8wggFFoAMCAQICFCRoWz9Et1FuBjEDU3hnwryVWlZwMAoGCCqGSM49BAMCMBYxFDASBgNV\r\n" \
	"BAMMC25ld3Mgc2lnbmVyMB4XDTI2MTEyMTIxMTUzMloXDTM2MTExODIxMTUzMlowFjEUMBIGA1UE\r\n" \
	"AwwLbmV3cyBzaWduZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATW7sAtjgcaL8czrByBofwr\r\n" \
	"yXc86xtG/J+ECPMgkfGeW9Nu27RLM3Vv/dGuowO9vd1H2Na9As/9DhHtODCiWgWOo3EwbzAdBgNV\r\n" \
	"HQ4EFgQUNmyZ+73A6ueMORiWeSAL9DNc4qgwHwYDVR0jBBgwFoAUNmyZ+73A6ueMORiWeSAL9DNc\r\n" \
	"4qgwDwYDVR0TAQH/BAUwAwEB/zAcBgNVHREEFTATgRFuZXdzQGJhbmsuZXhhbXBsZTAKBggqhkjO\r\n" \
	"PQQDAgNIADBFAiEAvPsx2u/wOHFZSP6pINxyke7b6co1+gbIvZyOwYV1xocCIDTIzsZ2lpZQGEtn\r\n" \
	"R647wZFdKXP3DmJEAh7Iseb3VaLQMYIBBDCCAQACAQEwLjAWMRQwEgYDVQQDDAtuZXdzIHNpZ25l\r\n" \
	"cgIUJGhbP0S3UW4GMQNTeGfCvJVaVnAwCwYJYIZIAWUDBAIBoGkwGAYJKoZIhvcNAQkDMQsGCSqG\r\n" \
	"SIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTIxMjExNTMyWjAvBgkqhkiG9w0BCQQxIgQgvoJr\r\n" \
	"3clv8t/V/rjTbLYGjYVwNKUpnk9fhakDhTNVQ30wCgYIKoZIzj0EAwIERzBFAiEAxngGDSioScaC\r\n" \
	"7c0szNPLAuL8MwQtkGsKgHhXTeiRaNoCICyNa12H9VcrwQF45ZqJ4OjJQqzjQqgJDpOV9oZT2gU+\r\n"
/* mallory@attack.example did */
#define CMS_MALLORY \
	"MIIC7gYJKoZIhvcNAQcCoIIC3zCCAtsCAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBoIIB\r\n" \
	"rjCCAaowggFQoAMCAQICFAiWLIdGyLC3Jkc6fZlXuOVpnnjoMAoGCCqGSM49BAMCMBkxFzAVBgNV\r\n" \
	"BAMMDm1hbGxvcnkgc2lnbmVyMB4XDTI2MTEyMTIxMTUzMloXDTM2MTExODIxMTUzMlowGTEXMBUG\r\n" \
	"A1UEAwwObWFsbG9yeSBzaWduZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQpsZxhoL0eSJZX\r\n" \
	"3L85R1k+Ejd0ajzR9+njAbH0DQs/zrfl2OoUCxUh1gwSaryVTd99oo6LCG3ZfogYSoRGY5kbo3Yw\r\n" \
	"dDAdBgNVHQ4EFgQUS7jITr9IrwW+uWls6c+UEd8+xogwHwYDVR0jBBgwFoAUS7jITr9IrwW+uWls\r\n" \
	"6c+UEd8+xogwDwYDVR0TAQH/BAUwAwEB/zAhBgNVHREEGjAYgRZtYWxsb3J5QGF0dGFjay5leGFt\r\n" \
	"cGxlMAoGCCqGSM49BAMCA0gAMEUCIQClL9vpTOfvJkPOpCXlUZcEynAJczXBGBjNTzBryiGEkAIg\r\n" \
	"P14pR6fkV0pfB+AOaoXZ4Ipplqt2hv4lpAOzWQDYvcYxggEGMIIBAgIBATAxMBkxFzAVBgNVBAMM\r\n" \
	"Dm1hbGxvcnkgc2lnbmVyAhQIliyHRsiwtyZHOn2ZV7jlaZ546DALBglghkgBZQMEAgGgaTAYBgkq\r\n" \
	"hkiG9w0BCQMxCwYJKoZIhvcNAQcBMBwGCSqGSIb3DQEJBTEPFw0yNjExMjEyMTE1MzJaMC8GCSqG\r\n" \
	"SIb3DQEJBDEiBCC+gmvdyW/y39X+uNNstgaNhXA0pSmeT1+FqQOFM1VDfTAKBggqhkjOPQQDAgRG\r\n" \
	"MEQCIHIXJEcuRmKhRv3EjrgoLLS1arlv0gO3+OKqL9O4DkzOAiAfmz+XhGvEo/vEb1Nr/cVmzGMa\r\n" \
	"+u0O0H/yTIOWx2VDkg==\r\n"
/* with its own content */
#define CMS_CONTENT \
	"MIIDDgYJKoZIhvcNAQcCoIIC/zCCAvsCAQExDTALBglghkgBZQMEAgEwOgYJKoZIhvcNAQcBoC0E\r\n" \
	"K0NvbnRlbnQtVHlwZTogdGV4dC9wbGFpbg0KDQpTaWduZWQgd29yZHMuDQqgggGjMIIBnzCCAUWg\r\n" \
	"AwIBAgIUJGhbP0S3UW4GMQNTeGfCvJVaVnAwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLbmV3cyBz\r\n" \
	"aWduZXIwHhcNMjYxMTIxMjExNTMyWhcNMzYxMTE4MjExNTMyWjAWMRQwEgYDVQQDDAtuZXdzIHNp\r\n" \
	"Z25lcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNbuwC2OBxovxzOsHIGh/CvJdzzrG0b8n4QI\r\n" \
	"8yCR8Z5b027btEszdW/90a6jA7293UfY1r0Cz/0OEe04MKJaBY6jcTBvMB0GA1UdDgQWBBQ2bJn7\r\n" \
	"vcDq54w5GJZ5IAv0M1ziqDAfBgNVHSMEGDAWgBQ2bJn7vcDq54w5GJZ5IAv0M1ziqDAPBgNVHRMB\r\n" \
	"Af8EBTADAQH/MBwGA1UdEQQVMBOBEW5ld3NAYmFuay5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUC\r\n" \
	"IQC8+zHa7/A4cVlI/qkg3HKR7tvpyjX6Bsi9nI7BhXXGhwIgNMjOxnaWllAYS2dHrjvBkV0pc/cO\r\n" \
	"YkQCHsix5vdVotAxggECMIH/AgEBMC4wFjEUMBIGA1UEAwwLbmV3cyBzaWduZXICFCRoWz9Et1Fu\r\n" \
	"BjEDU3hnwryVWlZwMAsGCWCGSAFlAwQCAaBpMBgGCSqGSIb3DQEJAzELBgkqhkiG9w0BBwEwHAYJ\r\n" \
	"KoZIhvcNAQkFMQ8XDTI2MTEyMTIxMTUzMlowLwYJKoZIhvcNAQkEMSIEIL6Ca93Jb/Lf1f6402y2\r\n" \
	"Bo2FcDSlKZ5PX4WpA4UzVUN9MAoGCCqGSM49BAMCBEYwRAIgdcsMpPo0QoyhAxQhn4gLFvz3jhrL\r\n" \
	"z/ZpKBZIEZOKaT8CIGSOpqpO9Fl9L8VrjHa7R7IBK/2yGH9dbU+Ub/bHQzKu\r\n"
/* both did */
#define CMS_TWO \
	"MIIFlwYJKoZIhvcNAQcCoIIFiDCCBYQCAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBoIID\r\n" \
	"UTCCAZ8wggFFoAMCAQICFCRoWz9Et1FuBjEDU3hnwryVWlZwMAoGCCqGSM49BAMCMBYxFDASBgNV\r\n" \
	"BAMMC25ld3Mgc2lnbmVyMB4XDTI2MTEyMTIxMTUzMloXDTM2MTExODIxMTUzMlowFjEUMBIGA1UE\r\n" \
	"AwwLbmV3cyBzaWduZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATW7sAtjgcaL8czrByBofwr\r\n" \
	"yXc86xtG/J+ECPMgkfGeW9Nu27RLM3Vv/dGuowO9vd1H2Na9As/9DhHtODCiWgWOo3EwbzAdBgNV\r\n" \
	"HQ4EFgQUNmyZ+73A6ueMORiWeSAL9DNc4qgwHwYDVR0jBBgwFoAUNmyZ+73A6ueMORiWeSAL9DNc\r\n" \
	"4qgwDwYDVR0TAQH/BAUwAwEB/zAcBgNVHREEFTATgRFuZXdzQGJhbmsuZXhhbXBsZTAKBggqhkjO\r\n" \
	"PQQDAgNIADBFAiEAvPsx2u/wOHFZSP6pINxyke7b6co1+gbIvZyOwYV1xocCIDTIzsZ2lpZQGEtn\r\n" \
	"R647wZFdKXP3DmJEAh7Iseb3VaLQMIIBqjCCAVCgAwIBAgIUCJYsh0bIsLcmRzp9mVe45WmeeOgw\r\n" \
	"CgYIKoZIzj0EAwIwGTEXMBUGA1UEAwwObWFsbG9yeSBzaWduZXIwHhcNMjYxMTIxMjExNTMyWhcN\r\n" \
	"MzYxMTE4MjExNTMyWjAZMRcwFQYDVQQDDA5tYWxsb3J5IHNpZ25lcjBZMBMGByqGSM49AgEGCCqG\r\n" \
	"SM49AwEHA0IABCmxnGGgvR5IllfcvzlHWT4SN3RqPNH36eMBsfQNCz/Ot+XY6hQLFSHWDBJqvJVN\r\n" \
	"332ijosIbdl+iBhKhEZjmRujdjB0MB0GA1UdDgQWBBRLuMhOv0ivBb65aWzpz5QR3z7GiDAfBgNV\r\n" \
	"HSMEGDAWgBRLuMhOv0ivBb65aWzpz5QR3z7GiDAPBgNVHRMBAf8EBTADAQH/MCEGA1UdEQQaMBiB\r\n" \
	"Fm1hbGxvcnlAYXR0YWNrLmV4YW1wbGUwCgYIKoZIzj0EAwIDSAAwRQIhAKUv2+lM5+8mQ86kJeVR\r\n" \
	"lwTKcAlzNcEYGM1PMGvKIYSQAiA/XilHp+RXSl8H4A5qhdngimmWq3aG/iWkA7NZANi9xjGCAgww\r\n" \
	"ggEAAgEBMC4wFjEUMBIGA1UEAwwLbmV3cyBzaWduZXICFCRoWz9Et1FuBjEDU3hnwryVWlZwMAsG\r\n" \
	"CWCGSAFlAwQCAaBpMBgGCSqGSIb3DQEJAzELBgkqhkiG9w0BBwEwHAYJKoZIhvcNAQkFMQ8XDTI2\r\n" \
	"MTEyMTIxMTUzMlowLwYJKoZIhvcNAQkEMSIEIL6Ca93Jb/Lf1f6402y2Bo2FcDSlKZ5PX4WpA4Uz\r\n" \
	"VUN9MAoGCCqGSM49BAMCBEcwRQIgajJkzJ52r1FDH1AzErl9lt9Hj+cRO2GbuYTNk5Wfx5cCIQCS\r\n" \
	"NyiY3jswAO45835T7dXCM1gm5Z6OzfL/T79YiIPupTCCAQQCAQEwMTAZMRcwFQYDVQQDDA5tYWxs\r\n" \
	"b3J5IHNpZ25lcgIUCJYsh0bIsLcmRzp9mVe45WmeeOgwCwYJYIZIAWUDBAIBoGkwGAYJKoZIhvcN\r\n" \
	"AQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcNMjYxMTIxMjExNTMyWjAvBgkqhkiG9w0B\r\n" \
	"CQQxIgQgvoJr3clv8t/V/rjTbLYGjYVwNKUpnk9fhakDhTNVQ30wCgYIKoZIzj0EAwIESDBGAiEA\r\n" \
	"3Owm5eS2gAr3uWwQseIIBzztSbGG0e8ovHxBJZ1D898CIQC/hyHpfBUogiLwspNur0c9ynr/+QGY\r\n" \
	"Wyk4GUb9zeIK4w==\r\n"
/* without its certificate */
#define CMS_BARE \
	"MIIBOgYJKoZIhvcNAQcCoIIBKzCCAScCAQExDTALBglghkgBZQMEAgEwCwYJKoZIhvcNAQcBMYIB\r\n" \
	"BDCCAQACAQEwLjAWMRQwEgYDVQQDDAtuZXdzIHNpZ25lcgIUJGhbP0S3UW4GMQNTeGfCvJVaVnAw\r\n" \
	"CwYJYIZIAWUDBAIBoGkwGAYJKoZIhvcNAQkDMQsGCSqGSIb3DQEHATAcBgkqhkiG9w0BCQUxDxcN\r\n" \
	"MjYxMTIxMjExNTMyWjAvBgkqhkiG9w0BCQQxIgQgvoJr3clv8t/V/rjTbLYGjYVwNKUpnk9fhakD\r\n" \
	"hTNVQ30wCgYIKoZIzj0EAwIERzBFAiEAo0WHITg9fy6E9N/ONqK8Z9ghNhBSieaEZqKK8O7itIoC\r\n" \
	"IFFZhjmXkBT23Z/bv8fSpzQIsUltZF5xGwE81GzMUhuM\r\n"
/* a certificate and no signer */
#define CMS_NOBODY \
	"MIIBzgYJKoZIhvcNAQcCoIIBvzCCAbsCAQExADALBgkqhkiG9w0BBwGgggGjMIIBnzCCAUWgAwIB\r\n" \
	"AgIUJGhbP0S3UW4GMQNTeGfCvJVaVnAwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLbmV3cyBzaWdu\r\n" \
	"ZXIwHhcNMjYxMTIxMjExNTMyWhcNMzYxMTE4MjExNTMyWjAWMRQwEgYDVQQDDAtuZXdzIHNpZ25l\r\n" \
	"cjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNbuwC2OBxovxzOsHIGh/CvJdzzrG0b8n4QI8yCR\r\n" \
	"8Z5b027btEszdW/90a6jA7293UfY1r0Cz/0OEe04MKJaBY6jcTBvMB0GA1UdDgQWBBQ2bJn7vcDq\r\n" \
	"54w5GJZ5IAv0M1ziqDAfBgNVHSMEGDAWgBQ2bJn7vcDq54w5GJZ5IAv0M1ziqDAPBgNVHRMBAf8E\r\n" \
	"BTADAQH/MBwGA1UdEQQVMBOBEW5ld3NAYmFuay5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCIQC8\r\n" \
	"+zHa7/A4cVlI/qkg3HKR7tvpyjX6Bsi9nI7BhXXGhwIgNMjOxnaWllAYS2dHrjvBkV0pc/cOYkQC\r\n" \
	"Hsix5vdVotAxAA==\r\n"

#endif
