package hubsearch.test;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AbstractTokenizerFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The few analysis components of Elasticsearch's full distribution that the hub's mapping names, and those its
 * own security index needs for API keys, under the same names over the same Lucene classes. The distribution
 * for integration tests lacks the module that registers them, so tests use production's mapping word for word.
 */
public class CommonAnalysis extends Plugin implements AnalysisPlugin {
    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        Map<String, AnalysisProvider<TokenizerFactory>> made = new TreeMap<>();
        made.put("whitespace", (index, env, name, settings) -> tokenizer(name, WhitespaceTokenizer::new));
        made.put("uax_url_email", (index, env, name, settings) -> tokenizer(name, UAX29URLEmailTokenizer::new));
        return made;
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> made = new TreeMap<>();
        made.put("stemmer", (index, env, name, settings) -> stemmer(name, settings));
        made.put("pattern_capture", (index, env, name, settings) -> captured(name, settings));
        made.put("unique", (index, env, name, settings) -> filter(name, RemoveDuplicatesTokenFilter::new));
        return made;
    }

    private static TokenFilterFactory stemmer(String name, Settings settings) {
        return switch (settings.get("language", "porter")) {
            case "porter" -> filter(name, PorterStemFilter::new);
            case "porter2" -> filter(name, stream -> new SnowballFilter(stream, "English"));
            default -> throw new IllegalArgumentException("the tests' stemmer knows porter and porter2");
        };
    }

    private static TokenFilterFactory captured(String name, Settings settings) {
        Pattern[] patterns =
            settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
        boolean original = settings.getAsBoolean("preserve_original", true);
        return filter(name, stream -> new PatternCaptureGroupTokenFilter(stream, original, patterns));
    }

    private static TokenizerFactory tokenizer(String name, Supplier<Tokenizer> make) {
        return new AbstractTokenizerFactory(name) {
            @Override
            public Tokenizer create() {
                return make.get();
            }
        };
    }

    private static TokenFilterFactory filter(String name, Function<TokenStream, TokenStream> wrap) {
        return new AbstractTokenFilterFactory(name) {
            @Override
            public TokenStream create(TokenStream stream) {
                return wrap.apply(stream);
            }
        };
    }
}
