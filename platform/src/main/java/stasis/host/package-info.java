/** The one place that calls C: hot calls by FFM, start-up by JNI of bytes, rare set-up by JNA. */
@org.jspecify.annotations.NullMarked
package stasis.host;
